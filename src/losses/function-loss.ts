import { type Config, deserializeObject, serializeObject } from '../base/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignRanks } from './align.ts';
import { Loss, type LossOptions } from './loss.ts';

/** A function that gives the loss of each sample. */
export type LossFunction = (yTrue: Tensor, yPred: Tensor) => Tensor;

/** A loss made of a function. */
export class FunctionLoss extends Loss {
  static override readonly className = 'LossFunctionWrapper';
  readonly fn: LossFunction;

  constructor(fn: LossFunction, options: LossOptions = {}) {
    super({ name: functionName(fn), ...options });
    this.fn = fn;
  }
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return yTrue.shape && yPred.shape ? this.fn(...alignRanks(yTrue, yPred)) : this.fn(yTrue, yPred);
  }
  override getConfig(): Config {
    return { ...super.getConfig(), fn: serializeObject(this.fn) };
  }
  static override fromConfig<T>({ fn, ...options }: Config): T {
    return new FunctionLoss(deserializeObject(fn) as LossFunction, options) as T;
  }
}
const functionName = (fn: LossFunction): string => String((serializeObject(fn) as Config)['config']) || 'loss';
