import type { DType } from '../base/dtype.ts';
import { type Shape, showShape } from '../base/shape.ts';
import type { Rule } from './primitive.ts';

/** What is known of a value before it is computed. */
export interface Aval {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** A primitive applied to inputs: one line of a program. */
export interface Equation {
  readonly rule: Rule;
  readonly inputs: readonly Tensor[];
  readonly attrs: unknown;
  readonly outputs: readonly Tensor[];
}

/** Bytes that somebody holds: runtime/ says who and frees them. */
export interface Storage {
  readonly bytes: number;
}

/** Where a tensor's value comes from: an equation's output, bytes, or (neither) an input of the program being recorded. */
export interface Origin {
  readonly equation?: Equation;
  readonly index?: number;
  readonly storage?: Storage;
  /** Real and imaginary part of a complex tensor, which is nothing else. */
  readonly parts?: readonly [re: Tensor, im: Tensor];
}

let created = 0;

/**
 * An immutable array with a shape and a dtype: concrete (it has `storage`), the output of an equation of a program being
 * recorded, or an input of that program. Higher ranks add the methods that users call.
 */
export class Tensor implements Aval {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly equation: Equation | undefined;
  /** Which output of the equation this is. */
  readonly index: number;
  storage: Storage | undefined;
  /** Real and imaginary part, where the dtype is complex: they have equations and storage, the whole has not. */
  readonly parts: readonly [re: Tensor, im: Tensor] | undefined;
  /** Rises with creation: inputs of an equation are older than its outputs. */
  readonly serial: number;

  constructor(aval: Aval, origin: Origin = {}) {
    this.shape = aval.shape;
    this.dtype = aval.dtype;
    this.equation = origin.equation;
    this.index = origin.index ?? 0;
    this.storage = origin.storage;
    this.parts = origin.parts;
    this.serial = created++;
  }
  /** Number of axes. */
  get ndim(): number {
    return this.shape.length;
  }
}

/** How many tensors there have been: those made from now on have no smaller serial. */
export const nextSerial = (): number => created;

export const showAval = ({ shape, dtype }: Aval): string => `${dtype}${showShape(shape)}`;
