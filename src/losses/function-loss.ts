import { type Config, deserializeObject, serializeObject } from '../base/registry/serialize.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { alignRanks } from './align.ts';
import { Loss, type LossOptions } from './loss.ts';

/** A function that returns the loss of each sample. */
export interface LossFunction {
  (yTrue: Tensor, yPred: Tensor): Tensor;
  /** Refuses values that cannot be labels for predictions of the given shape. */
  readonly checkLabels?: (labels: ArrayLike<number>, predictions: Shape) => void;
}

/** A loss defined by a function. */
export class FunctionLoss extends Loss {
  static override readonly className = 'LossFunctionWrapper';
  readonly fn: LossFunction;

  constructor(fn: LossFunction, options: LossOptions = {}, ...surplus: undefined[]) {
    super({ name: functionName(fn), ...options }, ...surplus);
    this.fn = fn;
  }
  call(yTrue: Tensor, yPred: Tensor): Tensor {
    return yTrue.shape && yPred.shape ? this.fn(...alignRanks(yTrue, yPred)) : this.fn(yTrue, yPred);
  }
  override checkLabels(labels: ArrayLike<number>, predictions: Shape): void {
    this.fn.checkLabels?.(labels, predictions);
  }
  override getConfig(): Config {
    return { ...super.getConfig(), fn: serializeObject(this.fn) };
  }
  static override fromConfig<T>({ fn, ...options }: Config): T {
    return new FunctionLoss(deserializeObject(fn) as LossFunction, options) as T;
  }
}
const functionName = (fn: LossFunction): string => String((serializeObject(fn) as Config)['config']) || 'loss';
