import { Callable } from '../../base/callable.ts';
import {
  configToOptions,
  type Fields,
  type Options,
  optionsToConfig,
  type Resolved,
  resolveOptions,
} from '../../base/field.ts';
import type { Config } from '../../base/serialize.ts';
import { cast } from '../../ops/index.ts';
import { asTensor, type Like, type Tensor } from '../../tensor/index.ts';

export interface ScheduleOptions {
  readonly name?: string | undefined;
}

/** A learning rate that depends on the number of steps done: call it with that number. */
export abstract class LearningRateSchedule<S extends Fields = any> extends Callable<[step: Like], Tensor> {
  static readonly className: string;
  static readonly fields: Fields;
  override readonly name: string;
  readonly config: Resolved<S>;

  constructor(options: Options<S> & ScheduleOptions) {
    super();
    const { name, ...own } = options as ScheduleOptions;
    const { className, fields } = this.constructor as typeof LearningRateSchedule;
    this.config = resolveOptions(className, fields as S, own as unknown as Options<S>, ['name']);
    this.name = name ?? className;
  }
  /** The rate at a step, given as a float32 scalar. */
  protected abstract rate(step: Tensor): Tensor;
  protected override invoke(step: Like): Tensor {
    return this.rate(cast(asTensor(step), 'float32'));
  }
  getConfig(): Config {
    return {
      ...optionsToConfig((this.constructor as typeof LearningRateSchedule).fields as S, this.config),
      name: this.name,
    };
  }
  static fromConfig(config: Config): LearningRateSchedule {
    return new (this as unknown as new (options: Config) => LearningRateSchedule)(configToOptions(this.fields, config));
  }
}
