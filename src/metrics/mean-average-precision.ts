import { exactMethods } from '../base/exact.ts';
import { f, type Options, type Resolved } from '../base/field/field.ts';
import { optionsOf } from '../base/options.ts';
import { registerModule, type SerializableClass } from '../base/registry/serialize.ts';
import { CocoAccumulator } from '../coco/accumulator.ts';
import { type BatchInput, type NumberArray, readDetectionBatch } from '../coco/batch.ts';
import { type BoxFormat, boxFormats } from '../coco/box-format.ts';
import type { IouType } from '../coco/params.ts';
import type { CocoResult } from '../coco/result.ts';
import { statNames } from '../coco/summary.ts';
import { asTensor, type Like, Tensor } from '../tensor/index.ts';
import { Metric, type MetricOptions } from './metric.ts';

type AreaRanges = Readonly<Record<string, readonly [low: number, high: number]>>;
type ClassNames = readonly string[] | Readonly<Record<number, string>>;
const isObject = (v: unknown): v is object => typeof v === 'object' && v !== null;

const fields = {
  /** How four numbers encode a box, in upper or lower case; `rel_` formats need `imageSize`. */
  boundingBoxFormat: f.custom<string, BoxFormat>({
    expects: `one of ${boxFormats.map((name) => `"${name}"`).join(', ')}`,
    check: (v): v is string => typeof v === 'string' && (boxFormats as readonly string[]).includes(v.toLowerCase()),
    parse: (v) => v.toLowerCase() as BoxFormat,
    initial: 'xyxy',
  }),
  /** [height, width] of the images in pixels. */
  imageSize: f.nullable(f.ints()),
  /** Whether overlaps are those of boxes or of masks. */
  iouType: f.oneOf(['bbox', 'segm'] satisfies IouType[], 'bbox'),
  /** IoU thresholds from which a detection counts as a match; COCO's ten if null. */
  iouThresholds: f.nullable(f.numbers()),
  /** Recall values at which precision is sampled; COCO's 101 if null. */
  recallThresholds: f.nullable(f.numbers()),
  /** The maximum detections per image and class, for the three cut-offs. */
  maxDetections: f.ints({ initial: [1, 10, 100] }),
  /** Named area ranges in square pixels; COCO's all, small, medium and large if null. */
  areaRanges: f.nullable(
    f.custom<AreaRanges, AreaRanges>({
      expects: 'an object of [low, high] by name',
      check: (v): v is AreaRanges =>
        isObject(v) &&
        Object.values(v).every((r) => Array.isArray(r) && r.length === 2 && r.every((x) => typeof x === 'number')),
      parse: (v) => v,
    }),
  ),
  /** Classes to evaluate; all that occur if null. */
  classIds: f.nullable(f.ints()),
  /** Class names, by class id. */
  classNames: f.nullable(
    f.custom<ClassNames, ClassNames>({
      expects: 'names by class id, as an array or an object',
      check: (v): v is ClassNames => isObject(v) && Object.values(v).every((name) => typeof name === 'string'),
      parse: (v) => v,
    }),
  ),
  /** Which of the twelve COCO figures `result()` returns: "AP", "AP50", "APlarge", "AR100", … */
  figure: f.oneOf(statNames, 'AP'),
};
/** Options of `MeanAveragePrecision`. */
export type MeanAveragePrecisionOptions = Options<typeof fields> & MetricOptions;

/** Boxes and labels of a batch, as objects of tensors or packed into one. */
export type DetectionBatch = Like | DetectionColumns;
interface DetectionColumns {
  /** `[batch, n, 4]`, in the metric's `boundingBoxFormat`. */
  readonly boxes?: Like | undefined;
  /** `[batch, n, height, width]`, for `iouType` "segm". */
  readonly masks?: Like | undefined;
  /** The class of each, `[batch, n]`; below 0 where a place is unused. */
  readonly labels?: Like | undefined;
  /** Another name of `labels`. */
  readonly classes?: Like | undefined;
  /** Whether an object stands for many, `[batch, n]`: of labels alone. */
  readonly is_crowd?: Like | undefined;
  /** The same as `is_crowd`. */
  readonly isCrowd?: Like | undefined;
  /** The area of each in pixels, `[batch, n]`, by which sizes are told; that of the box or mask by default. */
  readonly area?: Like | undefined;
  /** How sure the model is of each, `[batch, n]`: of predictions alone. */
  readonly confidence?: Like | undefined;
  /** How many places of each image are used, `[batch]`: of predictions alone. */
  readonly num_detections?: Like | undefined;
  /** The same as `num_detections`. */
  readonly numDetections?: Like | undefined;
}

/** The full results of evaluating a detector. */
export interface MeanAveragePrecisionResults extends CocoResult {
  /** The twelve COCO figures by name: AP, AP50, AP75, APsmall, …, ARlarge; -1 if there is nothing to average. */
  readonly figures: Readonly<Record<string, number>>;
  /** AP of each class by its name, or its number if it has none; -1 for a class without objects. */
  readonly apByClass: Readonly<Record<string, number>>;
  /** Names of the classes that have one, by class id. */
  readonly classNames: Readonly<Record<number, string>>;
}

/**
 * COCO average precision, exactly as pycocotools computes it. Labels: `{ boxes, labels, is_crowd?, area? }` or packed
 * `[batch, n, 5 or 6]`; predictions: `{ boxes, labels, confidence, num_detections? }` or packed `[batch, n, 6]`; with `iouType`
 * "segm", `masks` `[batch, n, height, width]` in both. A label below 0 marks an unused place. It runs on the host, so it works in
 * compiled and eager evaluation alike.
 * @see https://cocodataset.org/#detection-eval
 */
export class MeanAveragePrecision extends Metric<typeof fields, [yTrue: DetectionBatch, yPred: DetectionBatch]> {
  static override readonly className: string = 'MeanAveragePrecision';
  static override readonly defaultName: string | undefined = 'mean_average_precision';
  static override readonly fields = fields;
  static override readonly hostSide = true;
  #accumulator: CocoAccumulator;

  constructor(options: MeanAveragePrecisionOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    this.#accumulator = this.#begin();
  }
  #begin(): CocoAccumulator {
    const { iouType, iouThresholds, recallThresholds, maxDetections, areaRanges, classIds } = this.config;
    return new CocoAccumulator({
      iouType,
      maxDetections,
      ...(iouThresholds && { iouThresholds }),
      ...(recallThresholds && { recallThresholds }),
      ...(areaRanges && { areaRanges }),
      ...(classIds && { categoryIds: classIds }),
    });
  }

  /** Adds the images of a batch and matches them. */
  override async updateState(yTrue: DetectionBatch, yPred: DetectionBatch): Promise<void> {
    const [truth, found] = await Promise.all([readArrays(yTrue), readArrays(yPred)]);
    const { boundingBoxFormat, imageSize, iouType } = this.config;
    const size = imageSize ? { height: imageSize[0], width: imageSize[1] } : undefined;
    for (const { truths, detections } of readDetectionBatch(truth, found, {
      boundingBoxFormat,
      imageSize: size,
      iouType,
    }))
      this.#accumulator.addImage(truths, detections);
  }
  /** The chosen figure; -1 if there are no objects at all. */
  override result(): number {
    return this.#accumulator.evaluate().stats[statNames.indexOf(this.config.figure)];
  }
  /** All figures and tables, including the precision-recall curves unless they are switched off. */
  results(
    options: {
      /** Whether the curves of precision over recall are given too; false by default. */
      readonly curves?: boolean;
    } = {},
  ): MeanAveragePrecisionResults {
    const { curves = true } = optionsOf(this, { curves: true }, options);
    const result = this.#accumulator.evaluate({ curves });
    const names = this.config.classNames as Readonly<Record<number, string>> | null;
    const known = result.categoryIds.filter((id) => names?.[id] !== undefined);
    return {
      ...result,
      figures: Object.fromEntries(statNames.map((name, k) => [name, result.stats[k]])),
      apByClass: Object.fromEntries(result.categoryIds.map((id, k) => [names?.[id] ?? id, result.perClassAp[k]])),
      classNames: Object.fromEntries(known.map((id) => [id, names![id]])),
    };
  }
  override resetState(): void {
    this.#accumulator.reset();
  }
  override setAside(): () => void {
    const accumulator = this.#accumulator;
    this.#accumulator = this.#begin();
    return () => {
      this.#accumulator = accumulator;
    };
  }

  static {
    exactMethods<MeanAveragePrecision>(this, { results: 1, updateState: null });
  }
}
registerModule('hornbeam.metrics', [MeanAveragePrecision as SerializableClass]);
export interface MeanAveragePrecision extends Resolved<typeof fields> {}

/** Numbers and shapes of a tensor, or of each of an object of tensors. */
async function readArrays(batch: DetectionBatch): Promise<BatchInput> {
  const read = async (x: Like): Promise<NumberArray> => {
    const t = asTensor(x);
    return { data: await t.data(), shape: t.shape };
  };
  const isOne = batch instanceof Tensor || Array.isArray(batch) || ArrayBuffer.isView(batch);
  if (isOne) return read(batch as Like);
  const given = Object.entries(batch as Record<string, Like | undefined>);
  const arrays = given
    .filter(([, x]) => x !== undefined)
    .map(async ([key, x]) => [key, await read(x as Like)] as const);
  return Object.fromEntries(await Promise.all(arrays));
}
