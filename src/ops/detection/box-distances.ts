import type { OptionNames } from '../../base/options.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add, divide, multiply, subtract } from '../numpy/arithmetic.ts';
import { op } from '../op.ts';
import { type BoxFormat, boxParts, convertFormat, type ImageSize, joinParts } from './box-formats.ts';

/** Formats of anchors and boxes. */
export interface DistanceOptions extends ImageSize {
  /** Format of the anchors. "xyxy" by default. */
  readonly anchorFormat?: BoxFormat;
  /** Format of the boxes. "xyxy" by default. */
  readonly boxFormat?: BoxFormat;
}
const distanceOptions: OptionNames<DistanceOptions> = {
  anchorFormat: true,
  boxFormat: true,
  height: true,
  width: true,
};

/**
 * Boxes of a detector without anchors: from the centre of each cell how far it is to the left, the top, the right and the bottom, in
 * widths and heights of the cell. Cells `[n, 4]` (`generateAnchors` with one anchor of size 1), distances `[..., n, 4]`.
 * @see https://arxiv.org/abs/1904.01355
 * @example decodeDistancesToBoxes([[0, 0, 8, 8]], [[0.5, 0, 1, 2]]) // [[0, 4, 12, 20]]
 */
export const decodeDistancesToBoxes = op(
  'decodeDistancesToBoxes',
  (
    cells: Tensor,
    distances: Tensor,
    { anchorFormat = 'xyxy', boxFormat = 'xyxy', ...size }: DistanceOptions = {},
  ): Tensor => {
    const who = 'decodeDistancesToBoxes';
    const [x, y, w, h] = boxParts(who, convertFormat(cells, anchorFormat, 'center_xywh', size));
    const [left, top, right, bottom] = boxParts(who, distances);
    const corners = [
      subtract(x, multiply(left, w)),
      subtract(y, multiply(top, h)),
      add(x, multiply(right, w)),
      add(y, multiply(bottom, h)),
    ];
    return convertFormat(joinParts(corners), 'xyxy', boxFormat, size);
  },
  ['tensor', 'tensor'],
  distanceOptions,
);

/**
 * The targets of an anchor-free detector in each cell: the inverse of `decodeDistancesToBoxes`. If the centre of the
 * cell lies outside the box, a distance is negative.
 * @example encodeBoxToDistances([[0, 0, 8, 8]], [[0, 4, 12, 20]]) // [[0.5, 0, 1, 2]]
 */
export const encodeBoxToDistances = op(
  'encodeBoxToDistances',
  (
    cells: Tensor,
    boxes: Tensor,
    { anchorFormat = 'xyxy', boxFormat = 'xyxy', ...size }: DistanceOptions = {},
  ): Tensor => {
    const who = 'encodeBoxToDistances';
    const [x, y, w, h] = boxParts(who, convertFormat(cells, anchorFormat, 'center_xywh', size));
    const [x1, y1, x2, y2] = boxParts(who, convertFormat(boxes, boxFormat, 'xyxy', size));
    return joinParts([
      divide(subtract(x, x1), w),
      divide(subtract(y, y1), h),
      divide(subtract(x2, x), w),
      divide(subtract(y2, y), h),
    ]);
  },
  ['tensor', 'tensor'],
  distanceOptions,
);
