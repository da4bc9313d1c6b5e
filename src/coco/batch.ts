import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { type ImageSize, toXywh } from './box-format.ts';
import type { Detections, Truths } from './columns.ts';
import { encode } from './mask/bitmap.ts';
import type { Rle } from './mask/run-lengths.ts';
import type { IouType } from './params.ts';

/** Numbers with a shape, in C order: what a tensor is once its data has been read. */
export interface NumberArray {
  /** All elements in row-major order. */
  readonly data: ArrayLike<number>;
  /** Size of each axis. */
  readonly shape: readonly number[];
}

/** A dictionary of arrays under Keras's names, or one packed array. */
export type BatchInput = NumberArray | Readonly<Record<string, NumberArray | undefined>>;

/** How boxes of a batch are written. */
export interface BatchOptions {
  /** The format of all boxes, one of Keras's nine. */
  readonly boundingBoxFormat: string;
  /** Image size in pixels, for the `rel_` formats. */
  readonly imageSize?: ImageSize | undefined;
  /** `'segm'` reads `masks` [batch, slots, height, width] of both dictionaries. Default: `'bbox'`. */
  readonly iouType?: IouType | undefined;
}
const batchOptions: OptionNames<BatchOptions> = { boundingBoxFormat: true, imageSize: true, iouType: true };

/** One image of a batch, ready for `CocoAccumulator.addImage`. */
export interface BatchImage {
  /** The labelled objects of the image, a row each. */
  readonly truths: Truths;
  /** What was predicted for the image, a row each. */
  readonly detections: Detections;
}

/**
 * Takes a batch of objects and detections apart, image by image.
 *
 * Dictionaries: `y_true` has `boxes` [B, M, 4], `labels` (or `classes`) [B, M] and, if wanted, `is_crowd` and `area`;
 * `y_pred` has `boxes` [B, N, 4], `labels` (or `classes`), `confidence` [B, N] and, if wanted, `num_detections` [B].
 * Packed: [B, M, 5 or 6] (box, label, crowd flag) and [B, N, 6] (box, label, confidence).
 * With `iouType` 'segm' both dictionaries hold `masks`, and boxes may be left out; as in the reference, detections that have
 * boxes too are sorted into size ranges by these.
 * A slot counts when its label is 0 or more and its index is below `num_detections`.
 */
export const readDetectionBatch = exact(
  'coco.readDetectionBatch',
  3,
  function readDetectionBatch(yTrue: BatchInput, yPred: BatchInput, options: BatchOptions): BatchImage[] {
    optionsOf('coco.readDetectionBatch', batchOptions, options);
    const truths = isPacked(yTrue)
      ? unpack('y_true', yTrue, ['is_crowd'], options)
      : new BatchReader('y_true', yTrue, options);
    const detections = isPacked(yPred)
      ? unpack('y_pred', yPred, ['confidence'], options)
      : new BatchReader('y_pred', yPred, options);
    if (truths.batchSize !== detections.batchSize) {
      fail(
        'MeanAveragePrecision',
        `y_true has ${truths.batchSize} images, y_pred ${detections.batchSize}`,
        'give both for the same batch, the image first in every shape',
      );
    }
    const confidence = detections.slots('confidence');
    if (!confidence)
      fail('MeanAveragePrecision', "y_pred has no 'confidence'", 'give the score of every detection, [batch, slots]');
    const counts = detections.perImage('num_detections');
    const isCrowd = truths.slots('is_crowd');
    const areas = truths.slots('area');
    return Array.from({ length: truths.batchSize }, (_, image) => {
      const truthSlots = truths.usedSlots(image, Infinity);
      const detectionSlots = detections.usedSlots(image, counts ? counts[image] : Infinity);
      const truthColumns = truths.columns(truthSlots, options);
      return {
        truths: {
          ...truthColumns,
          // An annotated object's own area is that of its mask.
          boxes: truthColumns.masks ? undefined : truthColumns.boxes,
          isCrowd: isCrowd && pick(isCrowd, truthSlots),
          areas: areas && pick(areas, truthSlots),
        },
        detections: { ...detections.columns(detectionSlots, options), scores: pick(confidence, detectionSlots) },
      };
    });
  },
);

const isPacked = (input: BatchInput): input is NumberArray => Array.isArray((input as NumberArray).shape);

/** Splits [batch, slots, 5 or 6] into boxes, labels and a last column of the given name. */
function unpack(
  who: string,
  { data, shape }: NumberArray,
  [lastName]: readonly [string],
  options: BatchOptions,
): BatchReader {
  const isRequired = lastName === 'confidence';
  const [batch, slots, width] = shape;
  if (shape.length !== 3 || (width !== 6 && (isRequired || width !== 5))) {
    const expected = isRequired ? '[batch, slots, 6]' : '[batch, slots, 5] or [batch, slots, 6]';
    const columns = `the columns are the box, its label and ${isRequired ? 'the confidence' : 'optionally the crowd flag'}`;
    fail('MeanAveragePrecision', `${who} has the shape [${shape.join(', ')}], expected ${expected}`, columns);
  }
  const take = (start: number, count: number): Float64Array =>
    Float64Array.from(
      { length: batch * slots * count },
      (_, i) => data[Math.floor(i / count) * width + start + (i % count)],
    );
  const arrays = {
    boxes: { data: take(0, 4), shape: [batch, slots, 4] },
    labels: { data: take(4, 1), shape: [batch, slots] },
    [lastName]: width === 6 ? { data: take(5, 1), shape: [batch, slots] } : undefined,
  };
  return new BatchReader(who, arrays, options);
}

/** What the used slots of an image hold. */
interface SlotColumns {
  readonly categoryIds: Float64Array;
  readonly boxes: Float64Array | undefined;
  readonly masks: readonly Rle[] | undefined;
}

/** One side of a batch, its shapes checked. */
class BatchReader {
  readonly batchSize: number;
  readonly #who: string;
  readonly #arrays: Readonly<Record<string, NumberArray | undefined>>;
  readonly #slotCount: number;
  readonly #boxes: ArrayLike<number> | undefined;
  readonly #masks: NumberArray | undefined;
  readonly #labels: ArrayLike<number>;

  constructor(who: string, arrays: Readonly<Record<string, NumberArray | undefined>>, { iouType }: BatchOptions) {
    this.#who = who;
    this.#arrays = arrays;
    const { boxes, masks } = arrays;
    const isMasked = iouType === 'segm';
    if ((boxes || !isMasked) && (boxes?.shape.length !== 3 || boxes.shape[2] !== 4)) {
      const got = boxes ? `of shape [${boxes.shape.join(', ')}]` : 'missing';
      fail('MeanAveragePrecision', `${who}.boxes is ${got}`, 'give boxes of shape [batch, slots, 4]');
    }
    if (isMasked && masks?.shape.length !== 4) {
      const got = masks ? `of shape [${masks.shape.join(', ')}]` : 'missing';
      fail('MeanAveragePrecision', `${who}.masks is ${got}`, 'give masks of shape [batch, slots, height, width]');
    }
    this.#masks = isMasked ? masks : undefined;
    [this.batchSize, this.#slotCount] = (this.#masks ?? boxes!).shape;
    this.#boxes = boxes && this.#read('boxes', [this.batchSize, this.#slotCount, 4]);
    const labels = this.slots(arrays.labels ? 'labels' : 'classes');
    if (!labels)
      fail('MeanAveragePrecision', `${who} has no 'labels'`, 'give the class of every slot, -1 for unused ones');
    this.#labels = labels;
  }

  /** An array with one number per slot, or undefined. */
  slots(name: string): ArrayLike<number> | undefined {
    return this.#read(name, [this.batchSize, this.#slotCount]);
  }

  /** An array with one number per image, or undefined. */
  perImage(name: string): ArrayLike<number> | undefined {
    return this.#read(name, [this.batchSize]);
  }

  /** Positions, in the whole batch, of the slots of an image that count. */
  usedSlots(image: number, limit: number): Int32Array {
    const used: number[] = [];
    for (let slot = 0; slot < Math.min(this.#slotCount, limit); slot++) {
      const at = image * this.#slotCount + slot;
      if (this.#labels[at] >= 0) used.push(at);
    }
    return Int32Array.from(used);
  }

  columns(slots: Int32Array, { boundingBoxFormat, imageSize }: BatchOptions): SlotColumns {
    const categoryIds = pick(this.#labels, slots);
    const masks = this.#masks && Array.from(slots, (slot) => this.#mask(slot));
    if (!this.#boxes) return { categoryIds, boxes: undefined, masks };
    const boxes = new Float64Array(4 * slots.length);
    slots.forEach((slot, i) => {
      for (let c = 0; c < 4; c++) boxes[4 * i + c] = this.#boxes![4 * slot + c];
    });
    return { categoryIds, boxes: toXywh(boxes, boundingBoxFormat, imageSize), masks };
  }

  /** The mask in a slot: what is above a half belongs to it. */
  #mask(slot: number): Rle {
    const { data, shape } = this.#masks!;
    const [height, width] = [shape[2], shape[3]];
    const pixels = height * width;
    const bitmap = Array.from({ length: pixels }, (_, i) => data[slot * pixels + i] > 0.5);
    return encode(bitmap, [height, width]);
  }

  #read(name: string, shape: readonly number[]): ArrayLike<number> | undefined {
    const array =
      this.#arrays[name] ?? this.#arrays[name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (array && (array.shape.length !== shape.length || array.shape.some((size, axis) => size !== shape[axis]))) {
      fail(
        'MeanAveragePrecision',
        `${this.#who}.${name} has the shape [${array.shape.join(', ')}], expected [${shape.join(', ')}]`,
        'boxes are [batch, slots, 4]; everything else has one number a slot (num_detections: an image)',
      );
    }
    return array?.data;
  }
}

const pick = (values: ArrayLike<number>, slots: Int32Array): Float64Array =>
  Float64Array.from(slots, (slot) => values[slot]);
