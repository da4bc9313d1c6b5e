import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { tensor } from '../../tensor/index.ts';
import { type BoxFormat, convertFormat } from './box-formats.ts';

/** Options of `generateAnchors`. */
export interface AnchorOptions {
  /** The finest level: its cells have sides of 2^minLevel pixels. 3 by default. */
  readonly minLevel?: number;
  /** The coarsest level. 7 by default. */
  readonly maxLevel?: number;
  /** Number of sizes per cell: side · 2^(k / numScales) for k from 0. 3 by default. */
  readonly numScales?: number;
  /** Aspect ratios (width / height) of the anchors, which all have the same area. [0.5, 1, 2] by default. */
  readonly aspectRatios?: readonly number[];
  /** Side of a square anchor of the first scale, in sides of the level's cells. 4 by default. */
  readonly anchorSize?: number;
  /** Format of the anchors. "xyxy" by default. */
  readonly boundingBoxFormat?: BoxFormat;
}
const names: OptionNames<AnchorOptions> = {
  minLevel: true,
  maxLevel: true,
  numScales: true,
  aspectRatios: true,
  anchorSize: true,
  boundingBoxFormat: true,
};

/**
 * The anchors of a detector, `[n, 4]`, for images of `[height, width]` pixels, ordered by level, row, column, scale and
 * aspect ratio. A head's map `[rows, columns, anchors · k]` reshaped to `[-1, k]` has the same order. With one scale,
 * one ratio and size 1, anchors are the cells that anchor-free detectors use.
 * @see https://arxiv.org/abs/1708.02002
 * @example generateAnchors([8, 16], { minLevel: 3, maxLevel: 3, numScales: 1, aspectRatios: [1], anchorSize: 1 }) // [[0, 0, 8, 8], [8, 0, 16, 8]]
 */
export const generateAnchors = exact(
  'boundingBoxes.generateAnchors',
  2,
  function generateAnchors(
    [height, width]: readonly [height: number, width: number],
    options: AnchorOptions = {},
  ): Tensor {
    const who = 'generateAnchors';
    const {
      minLevel = 3,
      maxLevel = 7,
      numScales = 3,
      aspectRatios = [0.5, 1, 2],
      anchorSize = 4,
      boundingBoxFormat = 'xyxy',
    } = optionsOf(who, names, options);
    const isCount = (x: number): boolean => Number.isInteger(x) && x >= 1;
    if (!isCount(height) || !isCount(width))
      fail(who, `the size of the images is [${height}, ${width}]`, 'give [height, width] in whole pixels');
    if (!isCount(minLevel) || !isCount(maxLevel) || maxLevel < minLevel || maxLevel > 30)
      fail(who, `the levels are ${minLevel} to ${maxLevel}`, 'give whole numbers from 1 on, as in 3 to 7');
    if (!isCount(numScales)) fail(who, `numScales is ${show(numScales)}`, 'give a whole number, 1 or more');
    if (!(anchorSize > 0)) fail(who, `anchorSize is ${show(anchorSize)}`, 'give a number above 0, as 4');
    if (!Array.isArray(aspectRatios) || aspectRatios.length === 0 || !aspectRatios.every((ratio) => ratio > 0))
      fail(who, `aspectRatios is ${show(aspectRatios)}`, 'give widths over heights, as in [0.5, 1, 2]');

    const boxes: number[] = [];
    for (let level = minLevel; level <= maxLevel; level++) {
      const stride = 2 ** level;
      const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          for (let scale = 0; scale < numScales; scale++)
            for (const ratio of aspectRatios) {
              const half = (anchorSize * stride * 2 ** (scale / numScales)) / 2;
              const [dx, dy] = [half * Math.sqrt(ratio), half / Math.sqrt(ratio)];
              const [x, y] = [(column + 0.5) * stride, (row + 0.5) * stride];
              boxes.push(x - dx, y - dy, x + dx, y + dy);
            }
    }
    const anchors = tensor(Float32Array.from(boxes), { shape: [boxes.length / 4, 4] });
    return convertFormat(anchors, 'xyxy', boundingBoxFormat, { height, width });
  },
);
