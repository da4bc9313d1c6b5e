import { isFloat } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { range, showShape } from '../../base/shape.ts';
import { table } from '../../base/table.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { gather } from '../../primitives/indexing/gather.ts';
import { broadcast } from '../../primitives/movement.ts';
import { part, reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like } from '../operands.ts';

export type FillMode = 'constant' | 'nearest' | 'wrap' | 'mirror' | 'reflect';
export type Interpolation = 'nearest' | 'bilinear';

const floorMod = (x: Tensor, n: number): Tensor => {
  const rest = p.rem(x, like(x, n));
  return p.select(p.lt(rest, like(x, 0)), p.add(rest, like(x, n)), rest);
};
const mirror = (i: Tensor, size: number): Tensor => {
  const s = size - 1;
  return s === 0 ? like(i, 0) : p.abs(p.sub(floorMod(p.add(i, like(i, s)), 2 * s), like(i, s)));
};
/** Positions outside of an axis moved inside, as the mode says. */
const settle: Readonly<Record<FillMode, (i: Tensor, size: number) => Tensor>> = table({
  constant: (i) => i,
  nearest: (i, size) => p.max(p.min(i, like(i, size - 1)), like(i, 0)),
  wrap: (i, size) => floorMod(i, size),
  mirror,
  // Every element twice at the ends: mirrored in half steps.
  reflect: (i, size) => {
    const half = p.sub(mirror(p.add(p.mul(i, like(i, 2)), like(i, 1)), 2 * size + 1), like(i, 1));
    return p.div(p.sub(half, floorMod(half, 2)), like(i, 2));
  },
});
export function checkFillMode(who: string, mode: string): void {
  if (!(mode in settle)) fail(who, `unknown fillMode "${mode}"`, `use ${Object.keys(settle).join(', ')}`);
}
interface Sampling {
  /** Leading axes that x and the coordinates share. */
  readonly batch: number;
  /** 0: the nearest element, 1: weighted from the neighbours. */
  readonly order: 0 | 1;
  readonly mode: FillMode;
  readonly fill: number;
}
/** Elements of x at computed places, a float coordinate for each of the axes that follow the batch. */
export function sampled(x0: Tensor, coordinates: readonly Tensor[], { batch, order, mode, fill }: Sampling): Tensor {
  const x = isFloat(x0.dtype) ? x0 : cast(x0, 'float32');
  const axes = coordinates.map((_, k) => batch + k);
  const places = coordinates[0].shape;
  const sizes = axes.map((a) => x.shape[a]);
  const corners = coordinates.map((c) => {
    if (order === 0) {
      // Halves go away from zero.
      const nearest = p.mul(p.sign(c), p.floor(p.add(p.abs(c), like(c, 0.5))));
      return [{ at: cast(nearest, 'int32'), weight: undefined }];
    }
    const low = p.floor(c);
    const above = p.sub(c, low);
    const first = cast(low, 'int32');
    return [
      { at: first, weight: p.sub(like(c, 1), above) },
      { at: p.add(first, like(first, 1)), weight: above },
    ];
  });
  const choices = corners.reduce<number[][]>((list, ends) => list.flatMap((c) => ends.map((_, e) => [...c, e])), [[]]);
  const terms = choices.map((choice) => {
    const picked = choice.map((e, k) => corners[k][e]);
    const indices = picked.map(({ at }, k) => settle[mode](at, sizes[k]));
    const value = gather(x, indices, { batch, axes, mode: mode === 'constant' ? 'fill' : 'clamp', fill });
    const weights = picked.flatMap(({ weight }) => (weight ? [weight] : []));
    if (weights.length === 0) return value;
    const weight = cast(
      weights.reduce((a, b) => p.mul(a, b)),
      value.dtype,
    );
    return p.mul(value, broadcast(weight, { shape: value.shape, axes: range(places.length) }));
  });
  const total = terms.reduce((a, b) => p.add(a, b));
  return isFloat(x0.dtype) ? total : cast(p.round(total), x0.dtype);
}

export interface MapCoordinatesOptions {
  /** How elements beyond the edges are filled; `'constant'` by default. */
  readonly fillMode?: FillMode | undefined;
  /** Value beyond the edges with `'constant'`; 0 by default. */
  readonly fillValue?: number | undefined;
}
/** Elements at float coordinates `[rank, …]`, the nearest ones (order 0) or weighted from neighbours (order 1). @example image.mapCoordinates([1, 3], [[0.5]], 1) // [2] */
export const mapCoordinates = op(
  'mapCoordinates',
  (
    inputs: Tensor,
    coordinates: Tensor,
    order: number,
    { fillMode = 'constant', fillValue = 0 }: MapCoordinatesOptions = {},
  ) => {
    if (coordinates.shape.length < 2 || coordinates.shape[0] !== inputs.shape.length)
      fail(
        'image.mapCoordinates',
        `coordinates have shape ${showShape(coordinates.shape)}, inputs ${showShape(inputs.shape)}`,
        'give one row of coordinates for each axis of the inputs',
      );
    if (order !== 0 && order !== 1) fail('image.mapCoordinates', `order is ${order}`, 'use 0 (nearest) or 1 (linear)');
    checkFillMode('image.mapCoordinates', fillMode);
    const rest = coordinates.shape.slice(1);
    const rows = inputs.shape.map((_, d) => cast(reshapeTo(part(coordinates, 0, d, d + 1), rest), 'float32'));
    return sampled(inputs, rows, { batch: 0, order: order as 0 | 1, mode: fillMode, fill: fillValue });
  },
  ['tensor', 'tensor'],
  { fillMode: true, fillValue: true },
);
export const orderOf = (who: string, interpolation: string): 0 | 1 =>
  interpolation === 'nearest'
    ? 0
    : interpolation === 'bilinear'
      ? 1
      : fail(who, `unknown interpolation "${interpolation}"`, 'use "nearest" or "bilinear"');
