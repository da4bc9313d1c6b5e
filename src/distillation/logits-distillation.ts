import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Config } from '../base/registry/serialize.ts';
import type { Tree } from '../base/tree.ts';
import { KLDivergence } from '../losses/index.ts';
import { divide, multiply, softmax } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import {
  DistillationLoss,
  type DistilledLosses,
  lossesOf,
  type PartLoss,
  sumOfParts,
  writtenLosses,
} from './distillation-loss.ts';

/** Options of `LogitsDistillation`. */
export interface LogitsDistillationOptions {
  /** What logits are divided by: the higher, the softer are the probabilities. */
  readonly temperature?: number;
  /**
   * What compares the divided logits. As in Keras, only the class (`new KLDivergence()`) makes probabilities of them first; the
   * function, by its name as well, compares logits as they are.
   */
  readonly loss?: DistilledLosses;
}
const names: OptionNames<LogitsDistillationOptions> = { temperature: true, loss: true };

/**
 * Compares the final outputs of two models, divided by a temperature.
 * @example new keras.distillation.LogitsDistillation({ temperature: 4, loss: new keras.losses.KLDivergence() })
 */
export class LogitsDistillation extends DistillationLoss {
  static override readonly className = 'LogitsDistillation';
  readonly temperature: number;
  readonly loss: Tree<PartLoss>;

  constructor(options: LogitsDistillationOptions = {}, ...surplus: undefined[]) {
    const { temperature = 3, loss = 'kl_divergence' } = optionsOf('LogitsDistillation', names, options, surplus);
    super();
    if (!(typeof temperature === 'number' && temperature > 0))
      fail('LogitsDistillation', `temperature is ${String(temperature)}`, 'give a number above 0');
    this.temperature = temperature;
    this.loss = lossesOf('LogitsDistillation', loss);
  }
  computeLoss(teacherOutputs: Tree<Tensor>, studentOutputs: Tree<Tensor>): Tensor {
    const { temperature } = this;
    return sumOfParts('LogitsDistillation', this.loss, teacherOutputs, studentOutputs, (loss, teacher, student) => {
      const [t, s] = [divide(teacher, temperature), divide(student, temperature)];
      if (!(loss instanceof KLDivergence)) return loss(t, s);
      // Softened gradients are smaller by the temperature squared.
      return multiply(loss(softmax(t), softmax(s)), temperature ** 2);
    });
  }
  getConfig(): Config {
    return { temperature: this.temperature, loss: writtenLosses(this.loss) };
  }
  /** A loss from what `getConfig` returned. */
  static fromConfig(config: Config): LogitsDistillation {
    return new LogitsDistillation(config);
  }

  static {
    exactMethods(this);
  }
}
