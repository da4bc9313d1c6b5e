import type { DataFormat } from '../../base/config.ts';
import { fail, type Named } from '../../base/errors.ts';
import { type Field, f } from '../../base/field/field.ts';
import { showShape } from '../../base/shape.ts';
import { getItem, type Key, pad } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { spatialAxes } from '../data-format.ts';

export type Border = readonly [before: number, after: number];
type Borders = number | readonly number[] | readonly Border[];

const isCount = (n: unknown): n is number => Number.isInteger(n) && (n as number) >= 0;
const isBorder = (x: unknown): x is Border => Array.isArray(x) && x.length === 2 && x.every(isCount);

/** `[before, after]` for each spatial axis; one number for all, or one per axis, applies to both sides. */
export const bordersField = (rank: number, initial: Borders): Field<Borders, readonly Border[], false> =>
  f.custom<Borders, readonly Border[]>({
    expects: `an integer >= 0, ${rank} of them, or ${rank} pairs [before, after]`,
    check: (v): v is Borders =>
      isCount(v) || (Array.isArray(v) && v.length === rank && v.every((x) => isCount(x) || isBorder(x))),
    parse: (v) =>
      Array.from({ length: rank }, (_, d): Border => {
        const own = typeof v === 'number' ? v : v[d];
        return typeof own === 'number' ? [own, own] : own;
      }),
    initial,
  });
/** `[before, after]` of the spatial axis; a number applies to both sides. */
export const borderField = (initial: number): Field<number | Border, Border, false> =>
  f.custom<number | Border, Border>({
    expects: 'an integer >= 0 or a pair [before, after]',
    check: (v): v is number | Border => isCount(v) || isBorder(v),
    parse: (v) => (typeof v === 'number' ? [v, v] : v),
    initial,
  });

/** Zeros around the spatial axes. */
export function padBorders(x: Tensor, borders: readonly Border[], dataFormat: DataFormat): Tensor {
  const axes = spatialAxes(dataFormat, borders.length);
  return pad(
    x,
    x.shape.map((_, d): Border => borders[axes.indexOf(d)] ?? [0, 0]),
  );
}

/** The spatial axes without their borders. */
export function cropBorders(layer: Named, x: Tensor, borders: readonly Border[], dataFormat: DataFormat): Tensor {
  const axes = spatialAxes(dataFormat, borders.length);
  borders.forEach(([before, after], k) => {
    if (before + after >= x.shape[axes[k]])
      fail(
        layer,
        `cropping [${borders.map((b) => `[${b.join(', ')}]`).join(', ')}] leaves nothing of inputs of shape ${showShape(x.shape)}`,
        'crop less than the size of each axis',
      );
  });
  return getItem(
    x,
    x.shape.map((n, d): Key => {
      const [before, after] = borders[axes.indexOf(d)] ?? [0, 0];
      return { slice: [before, n - after] };
    }),
  );
}
