import { count, type Product } from '../../compiler/contraction/product.ts';
import { type Local, type Operand, op } from '../wasm/encoder/index.ts';
import type { KernelFunction } from './machine.ts';
import type { Epilogue } from './tiled-product.ts';

/** An axis of positions and one of taps; position q and tap t lie at `q · line + t · tap` in x, and tap t at `t · weight` in w. */
export interface Slide {
  /** Number of positions and taps. */
  readonly out: number;
  readonly taps: number;
  /** Distances in elements. */
  readonly line: number;
  readonly tap: number;
  readonly weight: number;
  /** Present where taps may leave x: s = q · lineStep + t · depthStep − low lies inside if 0 ≤ s < size. */
  readonly window?: SlideWindow;
}
export interface SlideWindow {
  readonly size: number;
  readonly low: number;
  readonly lineStep: number;
  readonly depthStep: number;
  /**
   * If greater than 1, only multiples of it exist in x, at `s / spacing · stride`; distances then leave these bytes
   * out.
   */
  readonly spacing: number;
  readonly stride: number;
}

/**
 * out[n, q, g, o] = sum over t, c of x[n, q, t, g, c] · w[g, t, c, o], in float32: a product whose first operand is read
 * through windows, over any number of axes. Both gradients of a convolution are such products too. Distances are in elements;
 * where taps may leave x, x begins where position 0 and tap 0 would lie.
 */
export interface Patches {
  readonly batch: { readonly size: number; readonly x: number };
  readonly groups: readonly { readonly size: number; readonly x: number; readonly w: number }[];
  readonly axes: readonly Slide[];
  readonly inputs: { readonly size: number; readonly x: number; readonly w: number };
  readonly outputs: { readonly size: number; readonly w: number };
}

/** The fused tail, as a kernel needs it. */
export interface Tail {
  /** Number of i32 parameters for the epilogue. */
  readonly extra: number;
  readonly epilogue: Epilogue;
}

/**
 * The common stride of axes that are evenly spaced together; undefined if they are not. Axes of size 1 fit anywhere.
 */
export function evenStride(axes: readonly { readonly size: number; readonly stride: number }[]): number | undefined {
  const real = axes.filter(({ size }) => size > 1);
  for (let i = 1; i < real.length; i++) if (real[i - 1].stride !== real[i].stride * real[i].size) return undefined;
  return real.at(-1)?.stride ?? 1;
}

/**
 * The product as one read through windows: the first lines count the batch, the last axis of the sum counts channels,
 * the others slide.
 */
export function patchesOf({ batch, depth, sides }: Product): Patches | undefined {
  const [{ lines, windows }, right] = sides;
  const column = evenStride(right.lines);
  if (column === undefined || column < 0) return undefined;
  const n = lines[0] ?? { size: 1, stride: 0 };
  const c = depth.at(-1) ?? { size: 1, strides: [0, 0] };
  const [positions, taps] = [lines.slice(1), depth.slice(0, -1)];
  const axes = Array.from({ length: Math.max(1, positions.length, taps.length) }, (_, d): Slide => {
    const [line, tap] = [positions[d], taps[d]];
    const window = windows.find((w) => w.line === line && w.depth === tap);
    const { size, low, lineStep, depthStep, spacing, stride } = window ?? {};
    return {
      out: line?.size ?? 1,
      taps: tap?.size ?? 1,
      line: line?.stride ?? 0,
      tap: tap?.strides[0] ?? 0,
      weight: tap?.strides[1] ?? 0,
      ...(window && { window: { size, low, lineStep, depthStep, spacing, stride } as SlideWindow }),
    };
  });
  return {
    batch: { size: n.size, x: n.stride },
    groups: batch.filter(({ size }) => size > 1).map(({ size, strides: [x, w] }) => ({ size, x, w })),
    axes,
    inputs: { size: c.size, x: c.strides[0], w: c.strides[1] },
    outputs: { size: count(right.lines), w: column },
  };
}

export const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);
export const outsOf = (axes: readonly Slide[]): number[] => axes.map((a) => a.out);
export const tapsOf = (axes: readonly Slide[]): number[] => axes.map((a) => a.taps);

/** Splits a flat index into one index per axis, the last axis running fastest. */
export function unflatten(f: KernelFunction, flat: Local, sizes: readonly number[]): Operand[] {
  const indices: Operand[] = [];
  let inner = 1;
  for (let i = sizes.length - 1; i >= 0; i--) {
    const size = sizes[i];
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
  if (typeof a === 'number') return a * factor;
  return factor === 1 ? a : op('i32.mul', a, factor);
}

/** a + b + ..., without zeros. */
export function plus(...terms: Operand[]): Operand {
  const real = terms.filter((term) => term !== 0);
  return real.length === 0 ? 0 : real.reduce((a, b) => op('i32.add', a, b));
}

/** The operand in a local (or as a constant), so that it can be repeated at no cost. */
export const hold = (f: KernelFunction, x: Operand): Local | number => (typeof x === 'number' ? x : f.let('i32', x));

/** Byte offsets in x of the indices along axes. */
export const lines = (axes: readonly Slide[], q: readonly Operand[]): Operand[] =>
  axes.map((a, d) => times(q[d], 4 * a.line));
export const offsets = (axes: readonly Slide[], t: readonly Operand[]): Operand[] =>
  axes.map((a, d) => times(t[d], 4 * a.tap));

/** The place in x of position q's first tap; 0 where all taps lie inside. */
export const originOf = ({ window }: Slide, q: Operand): Operand =>
  window ? plus(times(q, window.lineStep), -window.low) : 0;

/**
 * Whether place `s` of an axis lies inside x (undefined means always), and the byte offset that distances leave out.
 */
export function locate({ window }: Slide, s: Operand): { inside: Operand | undefined; offset: Operand } {
  if (!window) return { inside: undefined, offset: 0 };
  const { size, spacing, stride } = window;
  const within = op('i32.lt_u', s, size);
  if (spacing === 1) return { inside: within, offset: 0 };
  const hit = op('i32.eqz', op('i32.rem_u', s, spacing));
  return { inside: op('i32.and', within, hit), offset: times(op('i32.div_u', s, spacing), 4 * stride) };
}

/** The conjunction of the conditions (1 if there are none). */
export function all(conditions: readonly (Operand | undefined)[]): Operand {
  const real = conditions.filter((c) => c !== undefined);
  return real.length === 0 ? 1 : real.reduce((a, b) => op('i32.and', a, b));
}

/** So many rows, or slightly fewer if that leaves fewer rows empty; `count` rows are needed at a time. */
export function fewRows(most: number, count: number): number {
  // Besides its rows, a block costs about half a row's work.
  const cost = (rows: number) => Math.ceil(count / rows) * (rows + 0.5);
  let rows = most;
  for (let fewer = most - 1; fewer >= Math.min(3, count); fewer--) if (cost(fewer) < cost(rows)) rows = fewer;
  return rows;
}
