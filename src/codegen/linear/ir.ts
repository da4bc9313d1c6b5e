import type { DType } from '../../base/dtype.ts';
import { type Combine, type ScalarType, scalarType } from '../../ir/expr.ts';
import type { ScalarOp } from '../../ir/scalar.ts';

// Kernels for machines with registers. What is a vector, what is kept in a register, and where pointers start and how
// they advance is decided here; the choice of instructions is left to the device.

/** What a register holds: a scalar, or an address, as wide as the machine's. */
export type Type = ScalarType | 'address';

/** What the generator of register code needs to know about a machine. */
export interface LinearTarget {
  /** Elements of 32 bits in a vector. */
  readonly lanes: number;
  /** Whether `fma` of vectors is one instruction that rounds once. */
  readonly fused: boolean;
  /** Elementary functions of f32 vectors with an instruction of their own; others are expanded. */
  readonly instructions: ReadonlySet<ScalarOp>;
}

/** A virtual register. It lives from the statement that introduces it to the end of the enclosing block. */
export interface Register {
  readonly op: 'register';
  readonly type: Type;
  /** 1, or the target's number of lanes. Booleans in lanes are masks, in whatever form the machine prefers. */
  readonly lanes: number;
}

/**
 * Scalar operations; `lower` is `b < a ? b : a` and `upper` is `a < b ? b : a`, of floats: either gives its first operand where
 * that is NaN.
 */
export type Operation = ScalarOp | 'lower' | 'upper';

export interface Constant {
  readonly op: 'const';
  readonly type: ScalarType;
  readonly lanes: number;
  readonly value: number;
}

/** An operation lane by lane, on operands of type `from`. */
export interface Apply {
  readonly op: 'apply';
  readonly f: Operation;
  readonly from: ScalarType;
  readonly type: ScalarType;
  readonly lanes: number;
  readonly args: readonly Value[];
}

/** Elements at `address + offset` (bytes), `stride` bytes from lane to lane. */
export interface Strided {
  readonly dtype: DType;
  readonly address: Value;
  readonly offset: number;
  readonly stride: number;
}

/** One element per lane, at `address + offset` (bytes) plus the number of elements in the lane of `indices`. */
export interface Scattered {
  readonly dtype: DType;
  readonly address: Value;
  readonly offset: number;
  readonly indices: Value;
}

/** A tree of operations. Values used twice are in registers. */
export type Value =
  | Register
  | Constant
  /** `first`, `first + step`, `first + 2 · step` … in lanes. */
  | {
      readonly op: 'series';
      readonly type: 'i32';
      readonly lanes: number;
      readonly first: number;
      readonly step: number;
    }
  | Apply
  | ({ readonly op: 'load'; readonly type: ScalarType; readonly lanes: number } & Strided)
  | ({ readonly op: 'gather'; readonly type: ScalarType; readonly lanes: number } & Scattered)
  /** One scalar in all lanes. */
  | { readonly op: 'splat'; readonly type: ScalarType; readonly lanes: number; readonly x: Value }
  /** Combines the lanes of a vector: the upper half with the lower one, and so on. */
  | {
      readonly op: 'across';
      readonly type: ScalarType;
      readonly lanes: 1;
      readonly combine: Combine;
      readonly x: Value;
    }
  /** `base + index · scale` bytes. */
  | {
      readonly op: 'move';
      readonly type: 'address';
      readonly lanes: 1;
      readonly base: Value;
      readonly index: Value;
      readonly scale: number;
    };

export type Statement =
  /** Introduces a register, with an optional initial value. */
  | { readonly op: 'let'; readonly register: Register; readonly value: Value | undefined }
  | { readonly op: 'set'; readonly register: Register; readonly value: Value }
  /** With `combine`, each lane is merged into the stored value, one lane after another. */
  | ({ readonly op: 'store'; readonly value: Value; readonly combine: Combine | undefined } & Strided)
  | ({ readonly op: 'scatter'; readonly value: Value; readonly combine: Combine | undefined } & Scattered)
  | {
      readonly op: 'if';
      readonly condition: Value;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly op: 'block'; readonly body: readonly Statement[] }
  /**
   * Runs `body`, advances the counter by `step` and the pointers by bytes, and repeats while the counter is below `to`.
   */
  | {
      readonly op: 'loop';
      readonly counter: Register;
      readonly to: Value;
      readonly step: number;
      readonly pointers: readonly (readonly [pointer: Register, bytes: number])[];
      readonly body: readonly Statement[];
    }
  /** Runs `test` and, while the condition holds, `body` and `test` again. Both form one block. */
  | {
      readonly op: 'while';
      readonly test: readonly Statement[];
      readonly condition: Value;
      readonly body: readonly Statement[];
    }
  /** Introduces two registers: this worker's share of the units, from `from` up to `to`. */
  | { readonly op: 'part'; readonly units: number; readonly from: Register; readonly to: Register };

/** A kernel or a piece of one: its parameters and its statements. */
export interface LinearCode {
  readonly params: readonly Register[];
  readonly body: readonly Statement[];
}

/** A function of vectors. */
export interface LinearFunction extends LinearCode {
  readonly result: Value;
}

export const register = (type: Type, lanes = 1): Register => ({ op: 'register', type, lanes });
export const constant = (value: number, type: ScalarType, lanes = 1): Constant => ({ op: 'const', type, lanes, value });
export const int = (value: number): Constant => constant(value, 'i32');

export const applied = (f: Operation, type: ScalarType, args: readonly Value[], from = typeOf(args[0])): Apply => ({
  op: 'apply',
  f,
  from,
  type,
  lanes: args[0].lanes,
  args,
});
const typeOf = (x: Value): ScalarType => x.type as ScalarType;

export const splat = (x: Value, lanes: number): Value =>
  x.op === 'const' ? { ...x, lanes } : { op: 'splat', type: typeOf(x), lanes, x };

/** An address advanced by some bytes. */
export function moved(base: Value, index: Value, scale: number): Value {
  if (index.op === 'const' && index.value === 0) return base;
  return { op: 'move', type: 'address', lanes: 1, base, index, scale };
}

export const loaded = (place: Strided, lanes: number): Value => ({
  op: 'load',
  type: scalarType(place.dtype),
  lanes,
  ...place,
});
