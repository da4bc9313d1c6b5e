import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { show } from '../../base/options.ts';
import { checkDescribed } from '../../base/registry/check-config.ts';
import { type Config, type CustomObjects, deserializeObject, serializeObject } from '../../base/registry/serialize.ts';
import { LearningRateSchedule } from './schedule.ts';

export { CosineDecay, CosineDecayRestarts } from './cosine.ts';
export { ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay } from './decays.ts';
export { LearningRateSchedule } from './schedule.ts';

/** The schedule as configs hold it. */
export const serialize = exact('optimizers.schedules.serialize', 1, (schedule: unknown): unknown =>
  serializeObject(schedule),
);
/** The schedule that a config describes. */
export const deserialize = exact(
  'optimizers.schedules.deserialize',
  2,
  (config: Config, customObjects?: CustomObjects): LearningRateSchedule => {
    checkDescribed(config, 'optimizers.schedules.deserialize');
    const made = deserializeObject(config, customObjects);
    return made instanceof LearningRateSchedule
      ? made
      : fail(
          'optimizers.schedules.deserialize',
          `${show(config)} describes no schedule`,
          'give what optimizers.schedules.serialize returned',
        );
  },
);
