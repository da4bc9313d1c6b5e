import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { table } from '../../base/table.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add, divide, multiply, subtract } from '../numpy/arithmetic.ts';
import { clip } from '../numpy/clip.ts';
import { getItem } from '../numpy/indexing.ts';
import { stack } from '../numpy/shape.ts';
import { exp, log } from '../numpy/unary.ts';
import { op } from '../op.ts';
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
/** How four numbers stand for a box; `rel_` ones are shares of the image's width and height. */
export type BoxFormat = (typeof boxFormats)[number];

export interface ImageSize {
  /** Height of the image in pixels; needed by `rel_` formats. */
  readonly height?: number | undefined;
  readonly width?: number | undefined;
}
const imageSize: OptionNames<ImageSize> = { height: true, width: true };
type Four = readonly [Tensor, Tensor, Tensor, Tensor];
function parts(boxes: Tensor): Four {
  const part = (k: number): Tensor => getItem(boxes, ['...', k]);
  return [part(0), part(1), part(2), part(3)];
}
const half = (x: Tensor): Tensor => multiply(x, 0.5);

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
  center_xywh: ([x1, y1, x2, y2]) => [half(add(x1, x2)), half(add(y1, y2)), subtract(x2, x1), subtract(y2, y1)],
  center_yxhw: ([x1, y1, x2, y2]) => [half(add(y1, y2)), half(add(x1, x2)), subtract(y2, y1), subtract(x2, x1)],
});

function known(format: string): { base: string; isRelative: boolean } {
  const name = format.toLowerCase();
  if (!(boxFormats as readonly string[]).includes(name))
    fail('boundingBoxes', `unknown format "${format}"`, `use one of ${boxFormats.join(', ')}`);
  return { base: name.replace(/^rel_/, ''), isRelative: name.startsWith('rel_') };
}

/**
 * Boxes `[..., 4]` in another format.
 * @example convertFormat([[1, 2, 3, 6]], 'xyxy', 'xywh') // [[1, 2, 2, 4]]
 */
export const convertFormat = op(
  'convertFormat',
  (boxes: Tensor, source: string, target: string, { height, width }: ImageSize = {}): Tensor => {
    const [from, to] = [known(source), known(target)];
    if (from.isRelative !== to.isRelative && (!height || !width))
      fail('convertFormat', `"${source}" to "${target}" needs the size of the image`, 'pass { height, width }');
    let [x1, y1, x2, y2] = toCorners[from.base](parts(boxes));
    const scale = (x: number, y: number): void => {
      [x1, y1, x2, y2] = [multiply(x1, x), multiply(y1, y), multiply(x2, x), multiply(y2, y)];
    };
    if (from.isRelative && !to.isRelative) scale(width!, height!);
    if (to.isRelative && !from.isRelative) scale(1 / width!, 1 / height!);
    return stack([...fromCorners[to.base]([x1, y1, x2, y2])], { axis: -1 });
  },
  ['tensor', 'text', 'text'],
  imageSize,
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
 * Boxes from what a detector predicts for each anchor: shifts of the centre in anchor sizes, and logarithms of the growth
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
    const [ax, ay, aw, ah] = parts(convertFormat(anchors, anchorFormat, 'center_xywh', size));
    const v = variance ?? ones;
    const [d0, d1, d2, d3] = parts(deltas);
    const given: Four = [multiply(d0, v[0]), multiply(d1, v[1]), multiply(d2, v[2]), multiply(d3, v[3])];
    const [dx, dy, dw, dh] = inOrder('decodeDeltasToBoxes', 'encodedFormat', encodedFormat, given);
    const boxes = [add(multiply(dx, aw), ax), add(multiply(dy, ah), ay), multiply(exp(dw), aw), multiply(exp(dh), ah)];
    return convertFormat(stack(boxes, { axis: -1 }), 'center_xywh', boxFormat, size);
  },
  ['tensor', 'tensor'],
  { ...deltaOptions, encodedFormat: true },
);

/**
 * What a detector should predict for anchors to become boxes: the inverse of `decodeDeltasToBoxes`.
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
    const [ax, ay, aw, ah] = parts(convertFormat(anchors, anchorFormat, 'center_xywh', size));
    const [x, y, w, h] = parts(convertFormat(boxes, boxFormat, 'center_xywh', size));
    const v = variance ?? ones;
    const deltas = inOrder('encodeBoxToDeltas', 'encodingFormat', encodingFormat, [
      divide(subtract(x, ax), aw),
      divide(subtract(y, ay), ah),
      log(divide(w, aw)),
      log(divide(h, ah)),
    ]);
    return stack(
      deltas.map((d, k) => divide(d, v[k])),
      { axis: -1 },
    );
  },
  ['tensor', 'tensor'],
  { ...deltaOptions, encodingFormat: true },
);

/** Boxes cut off at the image's border, in pixels. @example clipToImageSize([[-1, 0, 3, 9]], { height: 4, width: 4 }) // [[0, 0, 3, 4]] */
export const clipToImageSize = op(
  'clipToImageSize',
  (
    boxes: Tensor,
    { height, width, boundingBoxFormat = 'xyxy' }: ImageSize & { readonly boundingBoxFormat?: BoxFormat } = {},
  ): Tensor => {
    const { isRelative } = known(boundingBoxFormat);
    const [maxX, maxY] = isRelative ? [1, 1] : [width, height];
    if (maxX === undefined || maxY === undefined)
      fail('clipToImageSize', 'the size of the image is missing', 'pass { height, width }');
    const corners = isRelative ? 'rel_xyxy' : 'xyxy';
    const [x1, y1, x2, y2] = parts(convertFormat(boxes, boundingBoxFormat, corners));
    return convertFormat(
      stack([clip(x1, 0, maxX), clip(y1, 0, maxY), clip(x2, 0, maxX), clip(y2, 0, maxY)], { axis: -1 }),
      corners,
      boundingBoxFormat,
    );
  },
  ['tensor'],
  { height: true, width: true, boundingBoxFormat: true },
);

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
