import { clipToImageSize, convertFormat } from '../../../ops/detection/index.ts';
import { concatenate, split } from '../../../ops/index.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { BoundingBoxes } from './image-data.ts';

/** Height and width of an image. */
export interface ImageSize {
  readonly height: number | Tensor;
  readonly width: number | Tensor;
}
type Corners = readonly [x1: Tensor, y1: Tensor, x2: Tensor, y2: Tensor];

/** Boxes with the four numbers of each replaced. */
export function mapCorners(boxes: BoundingBoxes, f: (corners: Corners) => readonly Tensor[]): BoundingBoxes {
  const [x1, y1, x2, y2] = split(boxes.boxes, 4, { axis: -1 });
  return { ...boxes, boxes: concatenate([...f([x1, y1, x2, y2])], { axis: -1 }) };
}
const sizeOnly = ({ height, width }: ImageSize): ImageSize => ({ height, width });
/** Moves boxes as corners in pixels, clips them to the resulting image, and returns them in their own format. */
export function moveCorners(
  boxes: BoundingBoxes,
  { boundingBoxFormat: format }: { readonly boundingBoxFormat: string | null },
  [before, after]: readonly [before: ImageSize, after: ImageSize],
  move: (boxes: BoundingBoxes) => BoundingBoxes,
): BoundingBoxes {
  const moved = clipToImageSize(move(convertFormat(boxes, format!, 'xyxy', sizeOnly(before))), sizeOnly(after));
  return convertFormat(moved, 'xyxy', format!, sizeOnly(after));
}
