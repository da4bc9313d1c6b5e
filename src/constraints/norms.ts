import { epsilon } from '../base/config.ts';
import { f, type Resolved } from '../base/field/field.ts';
import type { Tensor } from '../ir/tensor.ts';
import * as ops from '../ops/index.ts';
import { Constraint } from './constraint.ts';

type Axes = number | readonly number[];
/** Axes over which a norm is taken. */
const axis = f.custom<Axes, Axes>({
  expects: 'an integer or an array of integers',
  check: (v): v is Axes => Number.isInteger(v) || (Array.isArray(v) && v.every(Number.isInteger)),
  parse: (v) => v,
  initial: 0,
});
const normOf = (w: Tensor, over: Axes): Tensor => ops.sqrt(ops.sum(ops.square(w), { axis: over, keepdims: true }));
const rescaled = (w: Tensor, norm: Tensor, desired: Tensor): Tensor =>
  ops.multiply(w, ops.divide(desired, ops.add(norm, epsilon())));

const maxFields = {
  /** Largest norm that is allowed; 2 by default. */
  maxValue: f.number({ initial: 2, min: 0 }),
  /** Axes over which a norm is taken: 0 (the inputs of a Dense kernel) by default, `[0, 1, 2]` for a Conv2D kernel. */
  axis,
};
/** Scales weights down whose norm exceeds `maxValue`. */
export class MaxNorm extends Constraint<typeof maxFields> {
  static override readonly className = 'MaxNorm';
  static override readonly fields = maxFields;
  project(w: Tensor): Tensor {
    const norm = normOf(w, this.config.axis);
    return rescaled(w, norm, ops.clip(norm, 0, this.config.maxValue));
  }
}
export interface MaxNorm extends Resolved<typeof maxFields> {}

const minMaxFields = {
  /** Smallest norm that is allowed; 0 by default. */
  minValue: f.number({ initial: 0, min: 0 }),
  /** Largest norm that is allowed; 1 by default. */
  maxValue: f.number({ initial: 1, min: 0 }),
  /** How far a norm moves into the interval: 1 all the way. */
  rate: f.number({ initial: 1 }),
  /** Axes over which a norm is taken: 0 (the inputs of a Dense kernel) by default, `[0, 1, 2]` for a Conv2D kernel. */
  axis,
};
/** Scales weights so that their norms lie between two bounds. */
export class MinMaxNorm extends Constraint<typeof minMaxFields> {
  static override readonly className = 'MinMaxNorm';
  static override readonly fields = minMaxFields;
  project(w: Tensor): Tensor {
    const { minValue, maxValue, rate, axis: over } = this.config;
    const norm = normOf(w, over);
    const desired = ops.add(ops.multiply(ops.clip(norm, minValue, maxValue), rate), ops.multiply(norm, 1 - rate));
    return rescaled(w, norm, desired);
  }
}
export interface MinMaxNorm extends Resolved<typeof minMaxFields> {}

const unitFields = {
  /** Axes over which a norm is taken: 0 (the inputs of a Dense kernel) by default, `[0, 1, 2]` for a Conv2D kernel. */
  axis,
};
/** Scales weights to norm 1. */
export class UnitNorm extends Constraint<typeof unitFields> {
  static override readonly className = 'UnitNorm';
  static override readonly fields = unitFields;
  project(w: Tensor): Tensor {
    return ops.divide(w, ops.add(normOf(w, this.config.axis), epsilon()));
  }
}
export interface UnitNorm extends Resolved<typeof unitFields> {}

/** Sets negative weights to 0. */
export class NonNeg extends Constraint {
  static override readonly className = 'NonNeg';
  project(w: Tensor): Tensor {
    return ops.maximum(w, 0);
  }
}
