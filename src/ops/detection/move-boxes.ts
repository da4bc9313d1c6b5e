import { fail } from '../../base/errors.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add, divide, maximum, minimum, multiply, subtract } from '../numpy/arithmetic.ts';
import { ones } from '../numpy/create.ts';
import { matmul } from '../numpy/linear.ts';
import { amax, amin } from '../numpy/reduce.ts';
import { concatenate, reshape, stack } from '../numpy/shape.ts';
import { cos, negative, sin, tan } from '../numpy/unary.ts';
import { op } from '../op.ts';
import { cast } from '../operands.ts';
import { boxParts, joinParts } from './box-formats.ts';

interface CornerOptions {
  /** The format of the boxes: corners in pixels are the only one. */
  readonly boundingBoxFormat?: 'xyxy' | undefined;
}
const requireCorners = (who: string, { boundingBoxFormat = 'xyxy' }: CornerOptions): void => {
  if (boundingBoxFormat !== 'xyxy')
    fail(who, `boxes are "${String(boundingBoxFormat)}"`, 'convert them to "xyxy" with convertFormat');
};

/**
 * Corners `[..., 4]` relative to a crop of the image that begins at `top`, `left`, clipped to the crop.
 * @example crop([[1, 2, 8, 9]], 2, 1, 4, 4) // [[0, 0, 4, 4]]
 */
export const crop = op(
  'crop',
  (
    boxes: Tensor,
    top: number | Tensor,
    left: number | Tensor,
    height: number | Tensor,
    width: number | Tensor,
    options: CornerOptions = {},
  ): Tensor => {
    requireCorners('crop', options);
    return joinParts(
      boxParts('crop', boxes).map((x, k) =>
        minimum(maximum(subtract(x, k % 2 === 0 ? left : top), 0), k % 2 === 0 ? width : height),
      ),
    );
  },
  ['tensor', 'operand', 'operand', 'operand', 'operand'],
  { boundingBoxFormat: true },
);

interface PadOptions extends CornerOptions {
  /** Size of the image after padding; the boxes do not depend on it. */
  readonly height?: number | undefined;
  /** Width of the images, in pixels. */
  readonly width?: number | undefined;
}
/**
 * Corners `[..., 4]` after padding the image with `top` rows above and `left` columns to the left.
 * @example pad([[1, 2, 3, 4]], 10, 20) // [[21, 12, 23, 14]]
 */
export const pad = op(
  'pad',
  (boxes: Tensor, top: number | Tensor, left: number | Tensor, options: PadOptions = {}): Tensor => {
    requireCorners('pad', options);
    return joinParts(boxParts('pad', boxes).map((x, k) => add(x, k % 2 === 0 ? left : top)));
  },
  ['tensor', 'operand', 'operand'],
  { boundingBoxFormat: true, height: true, width: true },
);

interface AffineOptions extends CornerOptions {
  /** The x coordinate of the fixed point, as a fraction of the width; the centre by default. */
  readonly centerX?: number | null | undefined;
  /** Its y coordinate, as a fraction of the height. */
  readonly centerY?: number | null | undefined;
}
/**
 * Corners `[n, boxes, 4]` around what the boxes of n images hold after turning by `angle` degrees, moving by shares of the
 * width and height, scaling, and shearing by degrees; all `[n]`.
 * @example affineTransform([[[0, 0, 2, 1]]], [180], [0], [0], [1], [0], [0], 5, 5).shape // [1, 1, 4]
 */
export const affineTransform = op(
  'affineTransform',
  (
    boxes: Tensor,
    angle: Tensor,
    translateX: Tensor,
    translateY: Tensor,
    scale: Tensor,
    shearX: Tensor,
    shearY: Tensor,
    height: number | Tensor,
    width: number | Tensor,
    options: AffineOptions = {},
  ): Tensor => {
    requireCorners('affineTransform', options);
    const turn = cast(angle, 'float32');
    const radians = (degrees: Tensor): Tensor => multiply(cast(degrees, 'float32'), Math.PI / 180);
    const [right, bottom] = [subtract(width, 1), subtract(height, 1)];
    const centre = [multiply(right, options.centerX ?? 0.5), multiply(bottom, options.centerY ?? 0.5)] as const;
    const rotation = radians(negative(turn));
    const [sx, sy] = [radians(negative(shearX)), radians(negative(shearY))];
    const [cosine, tangent] = [cos(sy), tan(sx)];
    const difference = subtract(rotation, sy);
    const a = divide(cos(difference), cosine);
    const b = add(multiply(a, tangent), sin(rotation));
    const c = divide(negative(sin(difference)), cosine);
    const d = subtract(cos(rotation), multiply(c, tangent));
    const [a0, a1] = [multiply(d, scale), multiply(negative(b), scale)];
    const [b0, b1] = [multiply(negative(c), scale), multiply(a, scale)];
    const x = subtract(centre[0], multiply(translateX, right));
    const y = subtract(centre[1], multiply(translateY, bottom));
    const a2 = subtract(subtract(centre[0], multiply(a0, x)), multiply(a1, y));
    const b2 = subtract(subtract(centre[1], multiply(b0, x)), multiply(b1, y));
    const matrix = stack([a0, b0, a1, b1, a2, b2], { axis: -1 });
    const [n, count] = boxes.shape as [number, number];
    const [x1, y1, x2, y2] = boxParts('affineTransform', cast(boxes, matrix.dtype));
    const points = reshape(joinParts([x1, y1, x2, y1, x2, y2, x1, y2]), [n, count * 4, 2]);
    const moved = matmul(
      concatenate([points, ones([n, count * 4, 1], { dtype: matrix.dtype })], { axis: -1 }),
      reshape(matrix, [-1, 3, 2]),
    );
    const corners = reshape(moved, [n, count, 4, 2]);
    return concatenate([amin(corners, { axis: 2 }), amax(corners, { axis: 2 })], { axis: -1 });
  },
  ['tensor', 'tensor', 'tensor', 'tensor', 'tensor', 'tensor', 'tensor', 'operand', 'operand'],
  { boundingBoxFormat: true, centerX: true, centerY: true },
);
