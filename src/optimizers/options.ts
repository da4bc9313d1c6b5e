import { type Field, f } from '../base/field.ts';
import { deserializeObject, isSerializedObject } from '../base/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import { LearningRateSchedule } from './schedules/schedule.ts';

/** How fast weights move: a number, a schedule, or a function asked whenever a step is recorded. */
export type LearningRate = number | LearningRateSchedule<any> | (() => Tensor | number);

const isRate = (v: unknown): v is LearningRate =>
  typeof v === 'function' || (typeof v === 'number' && !Number.isNaN(v));
/** A learning rate, or the config of a schedule. */
export const learningRateField = (initial: number): Field<LearningRate, LearningRate, false> =>
  f.custom<LearningRate, LearningRate>({
    expects: 'a number, a LearningRateSchedule or a function',
    check: (v): v is LearningRate => isRate(v) || isSerializedObject(v),
    parse: (v) => (isSerializedObject(v) ? (deserializeObject(v) as LearningRateSchedule) : v),
    initial,
  });

const positive = f.custom<number, number>({
  expects: 'an integer >= 1',
  check: (v): v is number => Number.isInteger(v) && (v as number) >= 1,
  parse: (v) => v,
});

/** Options of every optimizer but the learning rate, in the order in which configs hold them. */
export const optimizerFields = {
  /** Part of a weight that each step takes away, times the learning rate. */
  weightDecay: f.nullable(f.number()),
  /** Largest norm of each gradient. */
  clipnorm: f.nullable(f.number()),
  /** Largest norm of all gradients together. */
  globalClipnorm: f.nullable(f.number()),
  /** Largest size of each element of a gradient. */
  clipvalue: f.nullable(f.number()),
  /** Whether moving averages of the weights are kept, and put in their place at the end. */
  useEma: f.bool(false),
  emaMomentum: f.number({ initial: 0.99, min: 0, max: 1 }),
  /** Number of steps after which the averages replace the weights. */
  emaOverwriteFrequency: f.nullable(positive),
  /** Factor on the loss, and its inverse on gradients, for 16-bit floats. */
  lossScaleFactor: f.nullable(f.number()),
  /** Number of steps whose mean gradient makes one update. */
  gradientAccumulationSteps: f.nullable(f.int({ min: 2 })),
};
export type OptimizerFields = typeof optimizerFields;
