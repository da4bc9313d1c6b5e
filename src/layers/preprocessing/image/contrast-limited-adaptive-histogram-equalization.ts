import { f, type Resolved } from '../../../base/field/field.ts';
import {
  add,
  arange,
  cast,
  clip,
  concatenate,
  cumsum,
  divide,
  equal,
  floor,
  getItem,
  min,
  minimum,
  multiply,
  onesLike,
  pad,
  reshape,
  segmentSum,
  subtract,
  sum,
  take,
  transpose,
  where,
} from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { Shapes } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { BaseImagePreprocessingLayer } from './base-image-preprocessing-layer.ts';
import { givenValueRangeField, imageFields, type Range } from './fields.ts';
import { toRange } from './values.ts';

const fields = {
  /** The range of pixel values. */
  valueRange: givenValueRangeField(),
  /** How often a level may occur in a tile before it is cut off, as a multiple of the average; 0 for no limit. */
  clipLimit: f.number({ initial: 4 }),
  /** `[rows, columns]` of tiles, each with a histogram of its own. */
  tileGridSize: f.sizes(2, [8, 8]),
  ...imageFields,
};
const bytes: Range = [0, 255];
const levels = 256;

export interface ContrastLimitedAdaptiveHistogramEqualization extends Resolved<typeof fields> {}
/**
 * Equalizes images tile by tile (Zuiderveld, 1994): each tile spreads its levels by its own histogram, whose peaks are
 * cut off, and results are interpolated between the centres of tiles. It does not depend on `training`; the dtype is unchanged.
 * @example new ContrastLimitedAdaptiveHistogramEqualization({ tileGridSize: [2, 2] })(ops.ones([1, 8, 8, 3])).shape // [1, 8, 8, 3]
 * @see
 * https://keras.io/api/layers/preprocessing_layers/image_augmentation/contrast_limited_adaptive_histogram_equalization/
 */
export class ContrastLimitedAdaptiveHistogramEqualization extends BaseImagePreprocessingLayer<typeof fields, null> {
  static override readonly className = 'ContrastLimitedAdaptiveHistogramEqualization';
  static override readonly fields = fields;
  static override readonly movesPixels = false;

  override transformImages(images: Tensor): Tensor {
    const isFirst = this.dataFormat === 'channels_first';
    const x = isFirst ? transpose(images, { axes: [0, 2, 3, 1] }) : images;
    const equalized = this.#equalized(toRange(x, this.valueRange, bytes, 'float32'));
    const y = cast(toRange(equalized, bytes, this.valueRange, 'float32'), images.dtype);
    return isFirst ? transpose(y, { axes: [0, 3, 1, 2] }) : y;
  }
  /** Images `[n, height, width, c]` with values from 0 to 255. */
  #equalized(images: Tensor): Tensor {
    const [n, height, width, channels] = images.shape as [number, number, number, number];
    const [rows, columns] = this.tileGridSize as [number, number];
    const [tileHeight, tileWidth] = [Math.ceil(height / rows), Math.ceil(width / columns)];
    const [down, across] = [tileHeight * rows - height, tileWidth * columns - width];
    const around: [number, number][] = [
      [0, 0],
      [0, down],
      [0, across],
      [0, 0],
    ];
    const x = down === 0 && across === 0 ? images : pad(images, around, { mode: 'symmetric' });
    const pixels = cast(clip(x, 0, 255), 'int32');
    const tables = this.#tables(pixels, [n, rows, tileHeight, columns, tileWidth, channels]);
    const [top, bottom, y] = between(tileHeight, rows);
    const [left, right, z] = between(tileWidth, columns);
    const place = (line: Tensor, axis: number, stride: number): Tensor =>
      multiply(
        reshape(
          line,
          [0, 1, 2, 3].map((d) => (d === axis ? line.shape[0] : 1)),
        ),
        stride,
      );
    const line = (count: number): Tensor => arange(0, count, 1, { dtype: 'int32' });
    const strides = { x: levels * channels, y: levels * channels * (columns + 2) };
    const own = add(add(place(line(n), 0, strides.y * (rows + 2)), place(line(channels), 3, levels)), pixels);
    const at = (row: Tensor, column: Tensor): Tensor =>
      take(tables, add(add(own, place(row, 1, strides.y)), place(column, 2, strides.x)));
    const mix = (a: Tensor, b: Tensor, share: Tensor): Tensor =>
      add(multiply(a, subtract(1, share)), multiply(b, share));
    const [downwards, sideways] = [reshape(y, [1, -1, 1, 1]), reshape(z, [1, 1, -1, 1])];
    const mixed = mix(
      mix(at(top, left), at(top, right), sideways),
      mix(at(bottom, left), at(bottom, right), sideways),
      downwards,
    );
    const all = { slice: [0, null] } as const;
    return getItem(mixed, [all, { slice: [0, height] }, { slice: [0, width] }, all]);
  }
  /** The new level of each level, for each tile and one more around, flat: `[n, rows + 2, columns + 2, channels, levels]`. */
  #tables(
    pixels: Tensor,
    shape: readonly [n: number, rows: number, h: number, columns: number, w: number, c: number],
  ): Tensor {
    const [n, rows, tileHeight, columns, tileWidth, channels] = shape;
    const area = tileHeight * tileWidth;
    const tiles = reshape(transpose(reshape(pixels, shape), { axes: [0, 1, 3, 5, 2, 4] }), [-1, area]);
    const count = n * rows * columns * channels;
    const own = add(tiles, multiply(reshape(arange(0, count, 1, { dtype: 'int32' }), [-1, 1]), levels));
    const ones = cast(onesLike(own), 'float32');
    const counts = segmentSum(reshape(ones, [-1]), reshape(own, [-1]), { numSegments: count * levels });
    let histogram = reshape(counts, [n, rows, columns, channels, levels]);
    if (this.clipLimit > 0) {
      const kept = minimum(histogram, Math.fround((this.clipLimit * area) / levels));
      const excess = sum(subtract(histogram, kept), { axis: -1, keepdims: true });
      histogram = add(kept, divide(excess, levels));
    }
    const total = cumsum(histogram, { axis: -1 });
    const least = min(total, { axis: -1, keepdims: true });
    const spread = subtract(area, least);
    const divisor = where(equal(spread, 0), onesLike(spread), spread);
    const table = clip(divide(multiply(subtract(total, least), 255), divisor), 0, 255);
    return reshape(edged(edged(table, 1), 2), [-1]);
  }
  /** The shape is unchanged. */
  override computeOutputShape(shape: Shapes): Shapes {
    return shape;
  }

  static {
    ownLayer(this);
  }
}
/** Repeats the first and the last element of an axis at its ends. */
function edged(x: Tensor, axis: number): Tensor {
  const part = (from: number): Tensor =>
    getItem(
      x,
      x.shape.map((size, d) => ({ slice: d === axis ? ([from, from + 1] as const) : ([0, size] as const) })),
    );
  return concatenate([part(0), x, part(x.shape[axis] - 1)], { axis });
}
/** For each pixel of an axis, the two tiles between whose centres it lies, counted with one more before them, and its position between them. */
function between(size: number, tiles: number): [before: Tensor, after: Tensor, share: Tensor] {
  const pixel = arange(0, size * tiles, 1, { dtype: 'float32' });
  const place = add(divide(subtract(pixel, size / 2), size), 1);
  const before = floor(place);
  const tile = (x: Tensor): Tensor => cast(clip(x, 0, tiles + 1), 'int32');
  return [tile(before), tile(add(before, 1)), subtract(place, before)];
}
