import { type FunctionBuilder, type Local, type Operand, op } from '../encoder/index.ts';
import type { Epilogue } from './tiled-product.ts';

/** A spatial axis: out position q sees x at q * stride + k * dilation - low, with x's elements `inputDilation` apart. */
export interface ConvAxis {
  /** Sizes of x, of the window and of the output. */
  readonly x: number;
  readonly w: number;
  readonly out: number;
  readonly stride: number;
  readonly dilation: number;
  readonly inputDilation: number;
  /** Zeros in front of x (negative: elements left out). */
  readonly low: number;
  /** Distances in elements between neighbours in x and in w. */
  readonly xStride: number;
  readonly wStride: number;
  /** The window is taken backwards. */
  readonly flip?: boolean;
}

/**
 * out[n, q, g, o] = sum over k, c of x[n, q * stride + k * dilation - low, g, c] * w[g, k, c, o], in float32, over any
 * number of spatial axes. Both gradients are such convolutions too, with axes exchanged. Distances are in elements.
 */
export interface ConvSpec {
  readonly batch: number;
  readonly groups: number;
  /** Input and output channels of a group. */
  readonly inputs: number;
  readonly outputs: number;
  readonly axes: readonly ConvAxis[];
  readonly x: { readonly batch: number; readonly group: number; readonly channel: number };
  readonly w: {
    readonly group: number;
    readonly input: number;
    readonly output: number;
    /** Elements before the first one. */
    readonly start?: number;
  };
  /** Number of i32 parameters for the epilogue. */
  readonly extra: number;
  /** Takes the outputs: `row` counts positions (n, q), `column` channels (g, o). */
  readonly epilogue: Epilogue;
}

export const spread = (size: number, dilation: number): number => (size - 1) * dilation + 1;
export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** Whether every tap of every output position lies inside x, so that nothing needs to be checked. */
export function alwaysInside({ x, w, out, stride, dilation, inputDilation, low }: ConvAxis): boolean {
  return inputDilation === 1 && low <= 0 && (out - 1) * stride + (w - 1) * dilation - low < x;
}

/** The index along each axis of a flat index, the last axis running fastest. */
export function unflatten(f: FunctionBuilder, flat: Local, sizes: readonly number[]): Operand[] {
  const indices: Operand[] = [];
  let inner = 1;
  for (let i = sizes.length - 1; i >= 0; i--) {
    const size = sizes[i]!;
    if (size === 1) {
      indices[i] = 0;
      continue;
    }
    const outer = inner === 1 ? flat : op('i32.div_u', flat, inner);
    inner *= size;
    const isOutermost = sizes.slice(0, i).every((s) => s === 1);
    indices[i] = f.let('i32', isOutermost ? outer : op('i32.rem_u', outer, size));
  }
  return indices;
}

/** a * factor, without a multiplication by 0 or 1. */
export function times(a: Operand, factor: number): Operand {
  if (a === 0 || factor === 0) return 0;
  return factor === 1 ? a : op('i32.mul', a, factor);
}

/** a + b + ..., without zeros. */
export function plus(...terms: Operand[]): Operand {
  const real = terms.filter((term) => term !== 0);
  return real.length === 0 ? 0 : real.reduce((a, b) => op('i32.add', a, b));
}

/** Where position `s` of an axis is in x: whether inside (undefined: always), and the offset in bytes. */
export function locate(axis: ConvAxis, s: Operand): { inside: Operand | undefined; offset: Operand } {
  const { x, inputDilation, xStride } = axis;
  if (alwaysInside(axis)) return { inside: undefined, offset: times(s, 4 * xStride) };
  const within = op('i32.lt_u', s, spread(x, inputDilation));
  if (inputDilation === 1) return { inside: within, offset: times(s, 4 * xStride) };
  const hit = op('i32.eqz', op('i32.rem_u', s, inputDilation));
  return { inside: op('i32.and', within, hit), offset: times(op('i32.div_u', s, inputDilation), 4 * xStride) };
}

/** All of the conditions (1 if there is none). */
export function all(conditions: readonly (Operand | undefined)[]): Operand {
  const real = conditions.filter((c) => c !== undefined);
  return real.length === 0 ? 1 : real.reduce((a, b) => op('i32.and', a, b));
}
