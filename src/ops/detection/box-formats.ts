import { asDType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import { table } from '../../base/table.ts';
import { isPlainObject } from '../../base/tree.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { KerasTensor } from '../../tensor/keras-tensor.ts';
import type { Like } from '../../tensor/like.ts';
import { add, divide, maximum, minimum, multiply, subtract } from '../numpy/arithmetic.ts';
import { greater } from '../numpy/compare.ts';
import { where } from '../numpy/indexing.ts';
import { concatenate, split, squeeze } from '../numpy/shape.ts';
import { exp, log } from '../numpy/unary.ts';
import { exactOp, op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { boxCiou, pairwiseIou } from './box-overlap.ts';

export const boxFormats = [
  'xyxy',
  'yxyx',
  'xywh',
  'center_xywh',
  'center_yxhw',
  'rel_xyxy',
  'rel_yxyx',
  'rel_xywh',
  'rel_center_xywh',
] as const;
/** The meaning of a box's four numbers; in `rel_` formats they are fractions of the image's width and height. */
export type BoxFormat = (typeof boxFormats)[number];

export interface ImageSize {
  /** Height of the image in pixels; needed by `rel_` formats. A tensor that fits `[..., 1]` gives one for each box. */
  readonly height?: number | Tensor | undefined;
  /** Width of the images in pixels: a number for all, or a tensor of one for each. */
  readonly width?: number | Tensor | undefined;
}
const imageSize: OptionNames<ImageSize> = { height: true, width: true };
type Four = readonly [Tensor, Tensor, Tensor, Tensor];
/** The four numbers of boxes `[..., 4]`, each `[..., 1]`. */
export function boxParts(who: string, boxes: Tensor): Four {
  if (boxes.shape.at(-1) !== 4)
    fail(who, `boxes have shape ${showShape(boxes.shape)}`, 'give four numbers a box: [..., 4]');
  const [a, b, c, d] = split(boxes, 4, { axis: -1 });
  return [a, b, c, d];
}
export const joinParts = (four: readonly Tensor[]): Tensor => concatenate([...four], { axis: -1 });
const half = (x: Tensor): Tensor => multiply(x, 0.5);
const middle = (low: Tensor, high: Tensor): Tensor => add(low, half(subtract(high, low)));

/** x1, y1, x2, y2 of boxes in a format without `rel_`. */
const toCorners: Readonly<Record<string, (p: Four) => Four>> = table({
  xyxy: (p) => p,
  yxyx: ([y1, x1, y2, x2]) => [x1, y1, x2, y2],
  xywh: ([x, y, w, h]) => [x, y, add(x, w), add(y, h)],
  center_xywh: ([x, y, w, h]) => [subtract(x, half(w)), subtract(y, half(h)), add(x, half(w)), add(y, half(h))],
  center_yxhw: ([y, x, h, w]) => [subtract(x, half(w)), subtract(y, half(h)), add(x, half(w)), add(y, half(h))],
});
const fromCorners: Readonly<Record<string, (p: Four) => Four>> = table({
  xyxy: (p) => p,
  yxyx: ([x1, y1, x2, y2]) => [y1, x1, y2, x2],
  xywh: ([x1, y1, x2, y2]) => [x1, y1, subtract(x2, x1), subtract(y2, y1)],
  center_xywh: ([x1, y1, x2, y2]) => [middle(x1, x2), middle(y1, y2), subtract(x2, x1), subtract(y2, y1)],
  center_yxhw: ([x1, y1, x2, y2]) => [middle(y1, y2), middle(x1, x2), subtract(y2, y1), subtract(x2, x1)],
});

function known(format: string): { base: string; isRelative: boolean } {
  const name = format.toLowerCase();
  if (!(boxFormats as readonly string[]).includes(name))
    fail('boundingBoxes', `unknown format "${format}"`, `use one of ${boxFormats.join(', ')}`);
  return { base: name.replace(/^rel_/, ''), isRelative: name.startsWith('rel_') };
}

export interface ConvertOptions extends ImageSize {
  /** Dtype of the result; float32 by default, float64 for boxes of that dtype. */
  readonly dtype?: string | undefined;
}
/** Boxes `[..., n, 4]` with the labels `[..., n]` of what is in them. */
export interface LabelledBoxes {
  readonly boxes: Like;
  readonly labels?: Like | undefined;
}
/** The same structure with other boxes, and perhaps other labels. */
type Moved<B> = B & { readonly [K in keyof B & keyof LabelledBoxes]: Tensor };
const isLabelled = (x: Like | LabelledBoxes): x is LabelledBoxes => isPlainObject(x);

const converted = op(
  'convertFormat',
  (boxes: Tensor, source: string, target: string, { height, width, dtype }: ConvertOptions = {}): Tensor => {
    const [from, to] = [known(source), known(target)];
    if (from.isRelative !== to.isRelative && (!height || !width))
      fail('convertFormat', `"${source}" to "${target}" needs the size of the image`, 'pass { height, width }');
    const type = dtype ? asDType(dtype, 'convertFormat') : boxes.dtype === 'float64' ? 'float64' : 'float32';
    const given = boxParts('convertFormat', cast(boxes, type));
    if (source.toLowerCase() === target.toLowerCase()) return joinParts(given);
    let [x1, y1, x2, y2] = toCorners[from.base](given);
    const by = (scale: (x: Tensor, size: number | Tensor) => Tensor): void => {
      [x1, y1, x2, y2] = [scale(x1, width!), scale(y1, height!), scale(x2, width!), scale(y2, height!)];
    };
    if (from.isRelative && !to.isRelative) by(multiply);
    if (to.isRelative && !from.isRelative) by(divide);
    return joinParts(fromCorners[to.base]([x1, y1, x2, y2]));
  },
  ['tensor', 'text', 'text'],
  { height: true, width: true, dtype: true },
);
/**
 * Boxes `[..., 4]` in another format; boxes with labels, `{ boxes, labels }`, stay together.
 * @example convertFormat([[1, 2, 3, 6]], 'xyxy', 'xywh') // [[1, 2, 2, 4]]
 */
export const convertFormat: {
  <B extends LabelledBoxes>(boxes: B, source: string, target: string, options?: ConvertOptions): Moved<B>;
  (boxes: KerasTensor, source: string, target: string, options?: ConvertOptions): KerasTensor;
  (boxes: Like, source: string, target: string, options?: ConvertOptions): Tensor;
  readonly opName: string;
} = exactOp('convertFormat', 4, (boxes: any, source: string, target: string, options: ConvertOptions = {}): any =>
  isLabelled(boxes)
    ? { ...boxes, boxes: converted(boxes.boxes, source, target, options) }
    : converted(boxes, source, target, options),
);

export interface DeltaOptions extends ImageSize {
  /** Format of the anchors. */
  readonly anchorFormat?: BoxFormat;
  /** Format of the boxes. */
  readonly boxFormat?: BoxFormat;
  /** The four deltas are divided by these on encoding. */
  readonly variance?: readonly [number, number, number, number] | null;
}
const deltaOptions: OptionNames<DeltaOptions> = {
  anchorFormat: true,
  boxFormat: true,
  variance: true,
  height: true,
  width: true,
};
const ones = [1, 1, 1, 1] as const;

type DeltaFormat = 'center_yxhw' | 'center_xywh';
/** Deltas for x, y, width and height in the order of a format, or from it back: either way the pairs change places or stay. */
function inOrder(who: string, option: string, format: DeltaFormat, [a, b, c, d]: Four): Four {
  if (format !== 'center_yxhw' && format !== 'center_xywh')
    fail(who, `${option} is "${String(format)}"`, 'use "center_yxhw" or "center_xywh"');
  return format === 'center_yxhw' ? [b, a, d, c] : [a, b, c, d];
}
export interface EncodeOptions extends DeltaOptions {
  /** The order of the deltas: centre and size, y or x first. Default: "center_yxhw". */
  readonly encodingFormat?: DeltaFormat;
}
export interface DecodeOptions extends DeltaOptions {
  /** The order of the deltas: centre and size, y or x first. Default: "center_yxhw". */
  readonly encodedFormat?: DeltaFormat;
}

/**
 * Decodes a detector's predictions for each anchor: shifts of the centre in anchor sizes, and logarithms of the growth
 * (dy, dx, dh, dw). Anchors `[n, 4]`, deltas `[..., n, 4]`.
 * @example decodeDeltasToBoxes([[0, 0, 2, 2]], [[0, 0.5, 0, 0]]) // [[1, 0, 3, 2]]
 */
export const decodeDeltasToBoxes = op(
  'decodeDeltasToBoxes',
  (
    anchors: Tensor,
    deltas: Tensor,
    { anchorFormat = 'xyxy', boxFormat = 'xyxy', encodedFormat = 'center_yxhw', variance, ...size }: DecodeOptions = {},
  ): Tensor => {
    const [ax, ay, aw, ah] = boxParts('decodeDeltasToBoxes', convertFormat(anchors, anchorFormat, 'center_xywh', size));
    const v = variance ?? ones;
    const [d0, d1, d2, d3] = boxParts('decodeDeltasToBoxes', deltas);
    const given: Four = [multiply(d0, v[0]), multiply(d1, v[1]), multiply(d2, v[2]), multiply(d3, v[3])];
    const [dx, dy, dw, dh] = inOrder('decodeDeltasToBoxes', 'encodedFormat', encodedFormat, given);
    const boxes = [add(multiply(dx, aw), ax), add(multiply(dy, ah), ay), multiply(exp(dw), aw), multiply(exp(dh), ah)];
    return convertFormat(joinParts(boxes), 'center_xywh', boxFormat, size);
  },
  ['tensor', 'tensor'],
  { ...deltaOptions, encodedFormat: true },
);

/**
 * Encodes boxes as the deltas to predict for anchors: the inverse of `decodeDeltasToBoxes`.
 * @example encodeBoxToDeltas([[0, 0, 2, 2]], [[1, 0, 3, 2]]) // [[0, 0.5, 0, 0]]
 */
export const encodeBoxToDeltas = op(
  'encodeBoxToDeltas',
  (
    anchors: Tensor,
    boxes: Tensor,
    {
      anchorFormat = 'xyxy',
      boxFormat = 'xyxy',
      encodingFormat = 'center_yxhw',
      variance,
      ...size
    }: EncodeOptions = {},
  ): Tensor => {
    const [ax, ay, aw, ah] = boxParts('encodeBoxToDeltas', convertFormat(anchors, anchorFormat, 'center_xywh', size));
    const [x, y, w, h] = boxParts('encodeBoxToDeltas', convertFormat(boxes, boxFormat, 'center_xywh', size));
    const v = variance ?? ones;
    const deltas = inOrder('encodeBoxToDeltas', 'encodingFormat', encodingFormat, [
      divide(subtract(x, ax), aw),
      divide(subtract(y, ay), ah),
      log(divide(w, aw)),
      log(divide(h, ah)),
    ]);
    return joinParts(deltas.map((d, k) => divide(d, v[k])));
  },
  ['tensor', 'tensor'],
  { ...deltaOptions, encodingFormat: true },
);

export interface ClipOptions extends ImageSize {
  /** Corners, in pixels or as fractions of the image. */
  readonly boundingBoxFormat?: 'xyxy' | 'rel_xyxy' | undefined;
}
const clipped = op(
  'clipToImageSize',
  (boxes: Tensor, { height, width, boundingBoxFormat = 'xyxy' }: ClipOptions = {}): Tensor => {
    if (boundingBoxFormat !== 'xyxy' && boundingBoxFormat !== 'rel_xyxy')
      fail(
        'clipToImageSize',
        `boundingBoxFormat is "${String(boundingBoxFormat)}"`,
        'convert the boxes to "xyxy" or "rel_xyxy" with convertFormat',
      );
    const [maxX, maxY] = boundingBoxFormat === 'xyxy' ? [width, height] : [1, 1];
    if (maxX === undefined || maxY === undefined)
      fail('clipToImageSize', 'the size of the image is missing', 'pass { height, width }');
    const four = boxParts('clipToImageSize', boxes);
    return joinParts(four.map((x, k) => minimum(maximum(x, 0), k % 2 === 0 ? maxX : maxY)));
  },
  ['tensor'],
  { height: true, width: true, boundingBoxFormat: true },
);
/** Labels `[..., n]` of corners `[..., n, 4]`: -1 where a box has no area. */
const labelsOfArea = op(
  'labelsOfArea',
  (boxes: Tensor, labels: Tensor): Tensor => {
    const [x1, y1, x2, y2] = boxParts('clipToImageSize', boxes);
    const area = squeeze(multiply(subtract(x2, x1), subtract(y2, y1)), { axis: -1 });
    return where(greater(area, 0), labels, like(labels, -1));
  },
  ['tensor', 'tensor'],
);
/**
 * Clips corners to the image. With labels, as `{ boxes, labels }`, boxes of which nothing is left get the label -1.
 * @example clipToImageSize([[-1, 0, 3, 9]], { height: 4, width: 4 }) // [[0, 0, 3, 4]]
 */
export const clipToImageSize: {
  <B extends LabelledBoxes>(boxes: B, options?: ClipOptions): Moved<B>;
  (boxes: KerasTensor, options?: ClipOptions): KerasTensor;
  (boxes: Like, options?: ClipOptions): Tensor;
  readonly opName: string;
} = exactOp('clipToImageSize', 2, (boxes: any, options: ClipOptions = {}): any => {
  if (!isLabelled(boxes)) return clipped(boxes, options);
  const kept = clipped(boxes.boxes, options);
  if (boxes.labels === undefined) return { ...boxes, boxes: kept };
  return { ...boxes, boxes: kept, labels: labelsOfArea(kept, boxes.labels) };
});

/** IoU of every box of one list with every box of another, in any format. */
export const computeIou = op(
  'computeIou',
  (boxes1: Tensor, boxes2: Tensor, boundingBoxFormat: string, size: ImageSize = {}): Tensor => {
    const corners = boundingBoxFormat.startsWith('rel_') ? 'rel_xyxy' : 'xyxy';
    return pairwiseIou(
      convertFormat(boxes1, boundingBoxFormat, corners, size),
      convertFormat(boxes2, boundingBoxFormat, corners, size),
    );
  },
  ['tensor', 'tensor', 'text'],
  imageSize,
);
/** Complete IoU of boxes pair by pair, in any format. */
export const computeCiou = op(
  'computeCiou',
  (boxes1: Tensor, boxes2: Tensor, boundingBoxFormat: string, size: ImageSize = {}): Tensor => {
    const corners = boundingBoxFormat.startsWith('rel_') ? 'rel_xyxy' : 'xyxy';
    return boxCiou(
      convertFormat(boxes1, boundingBoxFormat, corners, size),
      convertFormat(boxes2, boundingBoxFormat, corners, size),
    );
  },
  ['tensor', 'tensor', 'text'],
  imageSize,
);
