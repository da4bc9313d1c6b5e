import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { table } from '../base/table.ts';

/** What the four numbers of a box mean; those of a `rel_` format are fractions of the image's width and height. */
export type BoxFormat =
  | 'xyxy'
  | 'yxyx'
  | 'xywh'
  | 'center_xywh'
  | 'center_yxhw'
  | 'rel_xyxy'
  | 'rel_yxyx'
  | 'rel_xywh'
  | 'rel_center_xywh';

/** The size of an image in pixels; only the `rel_` formats need it. */
export interface ImageSize {
  /** Number of rows of pixels. */
  readonly height: number;
  /** Number of pixels in a row. */
  readonly width: number;
}

type Box = readonly [number, number, number, number];

interface Layout {
  readonly toXywh: (a: number, b: number, c: number, d: number) => Box;
  readonly fromXywh: (x: number, y: number, w: number, h: number) => Box;
  /** The first number runs along y. */
  readonly startsWithY: boolean;
}

const layouts: Readonly<Record<string, Layout>> = table({
  xyxy: {
    toXywh: (x1, y1, x2, y2) => [x1, y1, x2 - x1, y2 - y1],
    fromXywh: (x, y, w, h) => [x, y, x + w, y + h],
    startsWithY: false,
  },
  yxyx: {
    toXywh: (y1, x1, y2, x2) => [x1, y1, x2 - x1, y2 - y1],
    fromXywh: (x, y, w, h) => [y, x, y + h, x + w],
    startsWithY: true,
  },
  xywh: {
    toXywh: (x, y, w, h) => [x, y, w, h],
    fromXywh: (x, y, w, h) => [x, y, w, h],
    startsWithY: false,
  },
  center_xywh: {
    toXywh: (cx, cy, w, h) => [cx - w / 2, cy - h / 2, w, h],
    fromXywh: (x, y, w, h) => [x + w / 2, y + h / 2, w, h],
    startsWithY: false,
  },
  center_yxhw: {
    toXywh: (cy, cx, h, w) => [cx - w / 2, cy - h / 2, w, h],
    fromXywh: (x, y, w, h) => [y + h / 2, x + w / 2, h, w],
    startsWithY: true,
  },
});

/** The nine box formats of Keras. */
export const boxFormats: readonly BoxFormat[] = [
  'xyxy',
  'yxyx',
  'xywh',
  'center_xywh',
  'center_yxhw',
  'rel_xyxy',
  'rel_yxyx',
  'rel_xywh',
  'rel_center_xywh',
];

/** Boxes (flat, four numbers each) of any format, upper or lower case, as x, y, w, h in pixels. All in double precision. */
export const toXywh = exact(
  'coco.toXywh',
  3,
  function toXywh(boxes: ArrayLike<number>, format: string, size?: ImageSize): Float64Array {
    const { layout, scales } = readFormat(format, size);
    return mapBoxes(boxes, (a, b, c, d) => layout.toXywh(a * scales[0], b * scales[1], c * scales[0], d * scales[1]));
  },
);

/** Boxes x, y, w, h in pixels as any other format. All in double precision. */
export const fromXywh = exact(
  'coco.fromXywh',
  3,
  function fromXywh(boxes: ArrayLike<number>, format: string, size?: ImageSize): Float64Array {
    const { layout, scales } = readFormat(format, size);
    return mapBoxes(boxes, (x, y, w, h) => {
      const [a, b, c, d] = layout.fromXywh(x, y, w, h);
      return [a / scales[0], b / scales[1], c / scales[0], d / scales[1]];
    });
  },
);

/** Checks a format's name; returns what its numbers mean and what they have to be multiplied with to be pixels. */
function readFormat(
  format: string,
  size: ImageSize | undefined,
): { layout: Layout; scales: readonly [number, number] } {
  const name = String(format).toLowerCase();
  if (!(boxFormats as readonly string[]).includes(name)) {
    fail('bounding boxes', `unknown format '${format}'`, `use one of ${boxFormats.join(', ')}`);
  }
  const isRelative = name.startsWith('rel_');
  const layout = layouts[isRelative ? name.slice('rel_'.length) : name];
  if (!isRelative) return { layout, scales: [1, 1] };
  if (!size || !(size.height > 0) || !(size.width > 0)) {
    fail('bounding boxes', `format '${name}' needs the size of the image`, 'give its height and width in pixels');
  }
  return { layout, scales: layout.startsWithY ? [size.height, size.width] : [size.width, size.height] };
}

function mapBoxes(boxes: ArrayLike<number>, map: (a: number, b: number, c: number, d: number) => Box): Float64Array {
  if (boxes.length % 4 !== 0) fail('bounding boxes', `got ${boxes.length} numbers`, 'give four for each box');
  const mapped = new Float64Array(boxes.length);
  for (let i = 0; i < boxes.length; i += 4) mapped.set(map(boxes[i], boxes[i + 1], boxes[i + 2], boxes[i + 3]), i);
  return mapped;
}
