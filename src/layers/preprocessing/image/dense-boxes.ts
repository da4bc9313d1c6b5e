import { fail, type Named } from '../../../base/errors.ts';
import { pad, stack } from '../../../ops/index.ts';
import { asTensor, type Like, type Tensor } from '../../../tensor/index.ts';
import type { GivenBoxes } from './image-data.ts';

/** Whether there is a list for each image: of boxes `[boxes, 4]`, or of their labels. */
const isByImage = (boxes: unknown): boxes is readonly (readonly unknown[] | Tensor)[] =>
  Array.isArray(boxes) &&
  boxes.some((one) => (Array.isArray(one) ? Array.isArray(one[0]) || ArrayBuffer.isView(one[0]) : isTensor(one, 2)));
const isTensor = (x: unknown, rank: number): boolean => (x as Tensor | undefined)?.shape?.length === rank;
const countOf = (one: readonly unknown[] | Tensor): number =>
  Array.isArray(one) ? one.length : (one as Tensor).shape[0]!;

/**
 * Boxes as two tensors. If images have different numbers of boxes, all get as many as the image with the most: missing ones are
 * zeros with the label -1, as for Keras's ragged tensors.
 */
export function denseBoxes(
  who: Named,
  { boxes, labels }: GivenBoxes,
): { readonly boxes: Tensor; readonly labels: Tensor } {
  if (!isByImage(boxes)) return { boxes: asTensor(boxes as Like, 'float32'), labels: asTensor(labels as Like) };
  const labelsOf = Array.isArray(labels) ? labels : undefined;
  const counts = boxes.map(countOf);
  if (labelsOf?.length !== boxes.length)
    fail(
      who,
      `boundingBoxes hold a list of boxes for each of ${boxes.length} images, and labels ${labelsOf ? `for ${labelsOf.length}` : 'as one tensor'}`,
      'give labels as a list of as many lists',
    );
  const most = Math.max(...counts);
  const settled = (one: readonly unknown[] | Tensor, k: number, rank: number): Tensor => {
    if (countOf(one) !== counts[k])
      fail(who, `image ${k} has ${counts[k]} boxes and ${countOf(one)} labels`, 'give each box one label');
    const dtype = rank === 2 ? 'float32' : 'int32';
    const x = asTensor((counts[k] === 0 ? (rank === 2 ? [[0, 0, 0, 0]] : [-1]) : one) as Like, dtype);
    const missing = most - x.shape[0]!;
    const widths = x.shape.map((_, d): [number, number] => [0, d === 0 ? missing : 0]);
    return missing > 0 ? pad(x, widths, { constantValues: rank === 2 ? 0 : -1 }) : x;
  };
  return {
    boxes: stack(boxes.map((one, k) => settled(one, k, 2))),
    labels: stack(labelsOf!.map((one, k) => settled(one, k, 1))),
  };
}
