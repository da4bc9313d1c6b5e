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
  /** A number, or a schedule that depends on the number of the step. */
  learningRate: learningRateField(0.001),
  /** Fraction of each weight (times the learning rate) that every step subtracts. */
  weightDecay: f.nullable(f.number()),
  /** Largest norm of each gradient. */
  clipnorm: f.nullable(f.number()),
  /** Largest norm of all gradients together. */
  globalClipnorm: f.nullable(f.number()),
  /** Largest absolute value of gradients. */
  clipvalue: f.nullable(f.number()),
  /** Keeps a moving average of the weights, which replaces them at the end of training. */
  useEma: f.bool(false),
  /** Weight of the previous average, with `useEma`; 0.99 by default. */
  emaMomentum: f.number({ initial: 0.99, min: 0, max: 1 }),
  /** Number of steps after which the average replaces the weights. */
  emaOverwriteFrequency: f.nullable(f.int({ min: 1 })),
  /** Factor of the loss before gradients are computed: keeps small gradients from vanishing in float16. */
  lossScaleFactor: f.nullable(f.number()),
  /** Number of steps whose gradients are averaged for one update. */
  gradientAccumulationSteps: f.nullable(f.int({ min: 2 })),
} as const satisfies Fields;

/** Options that can be read from an optimizer. */
export type OptimizerAttributes<S extends Fields> = Exposed<S, 'learningRate' | 'lossScaleFactor'>;
