import type { Exposed } from '../base/exposed.ts';
import { type Field, type Fields, f } from '../base/field/field.ts';
import { type Config, deserializeObject, isSerializedObject, serializeObject } from '../base/registry/serialize.ts';
import { LearningRateSchedule } from './schedules/schedule.ts';

export type LearningRate = number | LearningRateSchedule<any> | Config;
/** An option that takes a rate or a schedule. */
export const learningRateField = (initial: number): Field<LearningRate, number | LearningRateSchedule<any>, false> =>
  f.custom<LearningRate, number | LearningRateSchedule<any>>({
    expects: 'a number or a schedule',
    check: (v): v is LearningRate =>
      typeof v === 'number' || v instanceof LearningRateSchedule || isSerializedObject(v),
    parse: (v) =>
      typeof v === 'number' || v instanceof LearningRateSchedule
        ? v
        : (deserializeObject(v) as LearningRateSchedule<any>),
    toDisk: (v) => (typeof v === 'number' ? v : serializeObject(v)),
    initial,
    isFloat: true,
  });

/** Options of every optimizer. */
export const optimizerFields = {
  /** Number, or a schedule of the steps done. */
  learningRate: learningRateField(0.001),
  /** Share of each weight (times the learning rate) that is taken off at every step. */
  weightDecay: f.nullable(f.number()),
  /** Largest norm of each gradient. */
  clipnorm: f.nullable(f.number()),
  /** Largest norm of all gradients together. */
  globalClipnorm: f.nullable(f.number()),
  /** Largest absolute value of gradients. */
  clipvalue: f.nullable(f.number()),
  /** Keeps a moving average of the weights, which takes their place in the end. */
  useEma: f.bool(false),
  /** Weight of the former average of the weights, where `useEma` is set; 0.99 by default. */
  emaMomentum: f.number({ initial: 0.99, min: 0, max: 1 }),
  /** Steps after which the average takes the weights' place. */
  emaOverwriteFrequency: f.nullable(f.int({ min: 1 })),
  /** Factor of the loss before gradients are taken: keeps small ones from vanishing in float16. */
  lossScaleFactor: f.nullable(f.number()),
  /** Steps whose gradients are averaged before an update. */
  gradientAccumulationSteps: f.nullable(f.int({ min: 2 })),
} as const satisfies Fields;

/** Options that can be read from an optimizer. */
export type OptimizerAttributes<S extends Fields> = Exposed<S, 'learningRate' | 'lossScaleFactor'>;
