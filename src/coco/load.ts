import { exact } from '../base/exact.ts';
import { type JsonPlace, readJson } from '../base/json-place.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { type Detections, maskLoader, type Truths } from './columns.ts';
import { areaOfRuns, boxOfRuns } from './mask/measure.ts';
import { mergeRuns } from './mask/merge.ts';
import { isImageSize, largestSide, polygonRuns } from './mask/polygon.ts';
import { type MaskLike, toRunLengths } from './mask/run-lengths.ts';
import type { IouType } from './params.ts';

/** An image of an annotation file. */
export interface CocoImage {
  /** The number by which annotations and results refer to it. */
  readonly id: number;
  /** Its height in pixels, if the file says so. */
  readonly height: number | undefined;
  /** Its width in pixels, if the file says so. */
  readonly width: number | undefined;
  /** The file of its pixels (`file_name`), if the annotation file says so. */
  readonly fileName: string | undefined;
}

/** A class of an annotation file. */
export interface CocoCategory {
  /** The number by which annotations and results refer to it (`category_id`). */
  readonly id: number;
  /** What the class is called: `person`. */
  readonly name: string;
}

/** A COCO annotation file, checked, in the columns that `evaluate` takes. */
export interface CocoAnnotations {
  /** The images, in the order of the file. */
  readonly images: readonly CocoImage[];
  /** The classes, in the order of the file. */
  readonly categories: readonly CocoCategory[];
  /** The `id` of each image. */
  readonly imageIds: Float64Array;
  /** The `id` of each class. */
  readonly categoryIds: Float64Array;
  /** The annotated objects of all images, a row each in the order of the file. */
  readonly truths: Truths & { readonly imageIds: Float64Array; readonly boxes?: Float64Array };
}

/** A COCO result file, checked, in the columns that `evaluate` takes. */
export type CocoDetections = Detections & { readonly imageIds: Float64Array; readonly scores: Float64Array };

/** Options of `coco.load` and what reads detections. */
export interface LoadOptions {
  /** `'segm'` also reads the masks. Default: `'bbox'`. */
  readonly iouType?: IouType;
  /** What errors call the file. */
  readonly file?: string;
}
const loadOptions: OptionNames<LoadOptions> = { iouType: true, file: true };

/**
 * Reads COCO annotations (instances): text, or what `JSON.parse` made of it. Every entry is checked, and an error names
 * the place: `annotations[12].bbox: expected 4 numbers, got 3`.
 */
export const loadAnnotations = exact(
  'coco.loadAnnotations',
  2,
  function loadAnnotations(json: unknown, options: LoadOptions = {}): CocoAnnotations {
    optionsOf('coco.loadAnnotations', loadOptions, options);
    const { iouType = 'bbox', file = 'COCO annotations' } = options;
    const root = readJson(file, json);
    const images = uniqueIds(root.member('images'), 'image', readImage);
    const categories = uniqueIds(root.member('categories'), 'category', ({ id, place }) => {
      const name = place.member('name');
      return { id, name: name.isPresent ? name.text('write the name of the class') : String(id) };
    });
    const imageById = new Map(images.map((image) => [image.id, image]));
    const list = root.member('annotations').list('annotations is the list of objects');
    const columns = new RowColumns(list.length, iouType);
    const areas = new Float64Array(list.length);
    const isCrowd = new Uint8Array(list.length);
    for (let i = 0; i < list.length; i++) {
      const row = list.at(i);
      const image = columns.readIds(i, row, imageById);
      areas[i] = row
        .member('area')
        .number('write the area of the object in square pixels: its size range depends on it');
      const crowd = row.member('iscrowd');
      if (crowd.isPresent && crowd.value !== false && crowd.value !== true) {
        const flag = crowd.integer('0 for an object, 1 for a crowd');
        if (flag !== 0 && flag !== 1) crowd.refuse(`expected 0 or 1, got ${flag}`, '0 for an object, 1 for a crowd');
      }
      isCrowd[i] = crowd.value ? 1 : 0;
      if (iouType === 'bbox') columns.readBox(i, row, 'truths');
      else columns.readMask(i, row.member('segmentation'), image);
    }
    return {
      images,
      categories,
      imageIds: Float64Array.from(images, ({ id }) => id),
      categoryIds: Float64Array.from(categories, ({ id }) => id),
      truths: { ...columns.all(), areas, isCrowd },
    };
  },
);

/**
 * Reads COCO results, a list of `{ image_id, category_id, score, bbox or segmentation }`, for the images of some
 * annotations. As in the reference, a file of masks can be evaluated by boxes too, and where a file of masks also has
 * boxes, these decide the size range.
 */
export const loadDetections = exact(
  'coco.loadDetections',
  3,
  function loadDetections(json: unknown, annotations: CocoAnnotations, options: LoadOptions = {}): CocoDetections {
    optionsOf('coco.loadDetections', loadOptions, options);
    const { iouType = 'bbox', file = 'COCO detections' } = options;
    const list = readJson(file, json).list('a result file is a list of detections');
    const imageById = new Map(annotations.images.map((image) => [image.id, image]));
    const columns = new RowColumns(list.length, iouType);
    const scores = new Float64Array(list.length);
    // The first entry speaks for the file, as in the reference.
    const hasBoxes = list.length > 0 && hasEntry(list.at(0).member('bbox'));
    const hasMasks = list.length > 0 && hasEntry(list.at(0).member('segmentation'));
    const areas = iouType === 'bbox' && hasMasks && !hasBoxes ? new Float64Array(list.length) : undefined;
    for (let i = 0; i < list.length; i++) {
      const row = list.at(i);
      const image = columns.readIds(i, row, imageById);
      scores[i] = row.member('score').number('write how sure the detector is');
      if (areas) areas[i] = columns.readBoxAndAreaOfMask(i, row.member('segmentation'), image);
      else if (hasBoxes || iouType === 'bbox') columns.readBox(i, row, 'detections');
      if (iouType === 'segm') columns.readMask(i, row.member('segmentation'), image);
    }
    return { ...columns.all(), scores, ...(areas && { areas }) };
  },
);

const hasEntry = ({ isPresent, value }: JsonPlace): boolean =>
  isPresent && !(Array.isArray(value) && value.length === 0);

/** The columns that objects and detections share, filled row by row. */
class RowColumns {
  readonly #imageIds: Float64Array;
  readonly #categoryIds: Float64Array;
  readonly #masks: MaskLike[] | undefined;
  #boxes: Float64Array | undefined;

  constructor(count: number, iouType: IouType) {
    this.#imageIds = new Float64Array(count);
    this.#categoryIds = new Float64Array(count);
    this.#masks = iouType === 'segm' ? [] : undefined;
    this.#boxes = iouType === 'bbox' ? new Float64Array(4 * count) : undefined;
  }

  readIds(row: number, place: JsonPlace, images: ReadonlyMap<number, CocoImage>): CocoImage {
    const id = place.member('image_id');
    this.#imageIds[row] = id.integer('image_id is the id of one of the images');
    this.#categoryIds[row] = place.member('category_id').integer('category_id is the id of a class');
    const image = images.get(this.#imageIds[row]);
    return (
      image ??
      id.refuse(`no image has the id ${this.#imageIds[row]}`, 'give annotations and detections of one data set')
    );
  }

  readBox(row: number, entry: JsonPlace, name: 'truths' | 'detections'): void {
    this.#boxes ??= new Float64Array(4 * this.#imageIds.length);
    const place = entry.member('bbox');
    if (!place.isPresent && hasEntry(entry.member('segmentation')))
      place.refuse('expected a box, got a mask alone', `to compare masks, read them by ${maskLoader(name)}`);
    this.#boxes.set(place.numbers('a box is [x, y, width, height] in pixels', 4), 4 * row);
  }

  readMask(row: number, place: JsonPlace, image: CocoImage): void {
    this.#masks![row] = readSegmentation(place, image);
  }

  readBoxAndAreaOfMask(row: number, place: JsonPlace, image: CocoImage): number {
    const runs = toRunLengths(readSegmentation(place, image));
    this.#boxes ??= new Float64Array(4 * this.#imageIds.length);
    this.#boxes.set(boxOfRuns(runs), 4 * row);
    return areaOfRuns(runs);
  }

  all(): { imageIds: Float64Array; categoryIds: Float64Array; boxes?: Float64Array; masks?: readonly MaskLike[] } {
    return {
      imageIds: this.#imageIds,
      categoryIds: this.#categoryIds,
      ...(this.#boxes && { boxes: this.#boxes }),
      ...(this.#masks && { masks: this.#masks }),
    };
  }
}

/** A mask from a list of polygons, which are united, or from run lengths. */
function readSegmentation(place: JsonPlace, { height, width }: CocoImage): MaskLike {
  if (!Array.isArray(place.value)) return readRuns(place);
  if (height === undefined || width === undefined) {
    place.refuse('polygons need the size of their image', 'give every image its height and width');
  }
  if (!isImageSize(height, width))
    place.refuse(
      `polygons in an image of ${width} x ${height} pixels`,
      `an image with masks has at most ${largestSide} pixels a side, and fewer than 2^32 in all`,
    );
  const polygons = place.list('a segmentation is a list of polygons, or { size, counts }');
  if (polygons.length === 0)
    place.refuse('expected at least one polygon, got none', 'leave objects without a mask out');
  const parts = Array.from({ length: polygons.length }, (_, i) => {
    const polygon = polygons.at(i);
    const corners = polygon.numbers('a polygon is [x1, y1, x2, y2, ...]');
    if (corners.length < 6 || corners.length % 2 !== 0) {
      polygon.refuse(
        `expected x and y of three or more corners, got ${corners.length} numbers`,
        'a polygon is [x1, y1, x2, y2, ...]',
      );
    }
    return polygonRuns(corners, height, width);
  });
  return mergeRuns(parts, false);
}

function readRuns(place: JsonPlace): MaskLike {
  const size = place.member('size').numbers('size is [height, width]', 2);
  const counts = place.member('counts');
  const mask = {
    size,
    counts: typeof counts.value === 'string' ? counts.value : counts.numbers('counts are run lengths'),
  };
  try {
    // Kept as given: run lengths as text take a fraction of the memory.
    toRunLengths(mask);
  } catch (error) {
    place.refuse(
      error instanceof Error ? error.message.split('\n')[0] : String(error),
      'check the size and the run lengths',
    );
  }
  return mask;
}

function readImage({ id, place }: { id: number; place: JsonPlace }): CocoImage {
  const side = (name: string): number | undefined => {
    const length = place.member(name);
    if (!length.isPresent) return undefined;
    const pixels = length.integer(`${name} is a number of pixels`);
    return pixels >= 0 ? pixels : length.refuse(`expected a number of pixels, got ${pixels}`, 'it cannot be negative');
  };
  const name = place.member('file_name');
  return {
    id,
    height: side('height'),
    width: side('width'),
    fileName: name.isPresent ? name.text('file_name is the name of the image') : undefined,
  };
}

/** Reads a list of entries with ids, no two alike. */
function uniqueIds<T>(place: JsonPlace, what: string, read: (entry: { id: number; place: JsonPlace }) => T): T[] {
  const list = place.list(`it is the list of ${what === 'category' ? 'classes' : 'images'}`);
  const seen = new Map<number, number>();
  return Array.from({ length: list.length }, (_, i) => {
    const entry = list.at(i);
    const idPlace = entry.member('id');
    const id = idPlace.integer(`every ${what} has a whole number as its id`);
    const before = seen.get(id);
    if (before !== undefined) idPlace.refuse(`${id} is the id of entry ${before} too`, 'ids must differ');
    seen.set(id, i);
    return read({ id, place: entry });
  });
}
