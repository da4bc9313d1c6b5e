import {
  type Config,
  type CustomObjects,
  deserializeObject,
  registerModule,
  serializeObject,
} from '../../base/serialize.ts';
import { CosineDecay, CosineDecayRestarts } from './cosine.ts';
import { ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay } from './decays.ts';
import type { LearningRateSchedule } from './schedule.ts';

export { CosineDecay, CosineDecayRestarts } from './cosine.ts';
export { ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay, PolynomialDecay } from './decays.ts';
export { LearningRateSchedule } from './schedule.ts';

registerModule('keras.optimizers.schedules', [
  CosineDecay,
  CosineDecayRestarts,
  ExponentialDecay,
  InverseTimeDecay,
  PiecewiseConstantDecay,
  PolynomialDecay,
]);

/** The schedule as configs hold it. */
export const serialize = (schedule: unknown): unknown => serializeObject(schedule);
/** The schedule that a config describes. */
export const deserialize = (config: Config, customObjects?: CustomObjects): LearningRateSchedule =>
  deserializeObject(config, customObjects) as LearningRateSchedule;
