import { exact } from '../../base/exact.ts';
import { type Config, type CustomObjects, deserializeObject, serializeObject } from '../../base/registry/serialize.ts';
import type { LearningRateSchedule } from './schedule.ts';

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
  (config: Config, customObjects?: CustomObjects): LearningRateSchedule =>
    deserializeObject(config, customObjects) as LearningRateSchedule,
);
