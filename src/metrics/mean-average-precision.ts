import { f, type Options } from '../base/field.ts';
import { asTensor, type Like, Tensor } from '../tensor/index.ts';
import { boxFormats, CocoAccumulator, type CocoResult, readDetectionBatch, statNames } from './coco/index.ts';
import { Metric, type MetricOptions } from './metric.ts';

const fields = {
  /** How four numbers stand for a box; `rel_` formats need `imageSize`. */
  boundingBoxFormat: f.oneOf(boxFormats as unknown as readonly string[], 'xyxy'),
  /** [height, width] of the images in pixels. */
  imageSize: f.nullable(f.ints()),
  /** Overlaps from which a detection counts as a hit; COCO's ten when null. */
  iouThresholds: f.nullable(f.any(null) as unknown as ReturnType<typeof f.ints>),
  /** Recalls at which precision is read; COCO's 101 when null. */
  recallThresholds: f.nullable(f.any(null) as unknown as ReturnType<typeof f.ints>),
  /** Most detections of an image and class that count, for the three cuts. */
  maxDetections: f.ints({ initial: [1, 10, 100] }),
  /** Classes to judge; those seen when null. */
  classIds: f.nullable(f.ints()),
  /** Which of the twelve COCO figures `result()` gives: "AP", "AP50", "APlarge", "AR100", … */
  figure: f.string({ initial: 'AP' }),
};
export type MeanAveragePrecisionOptions = Options<typeof fields> & MetricOptions;

/** Boxes and labels of a batch, as objects of tensors or packed into one. */
export type DetectionBatch = Like | { readonly [key in BatchKey]?: Like | undefined };
type BatchKey = 'boxes' | 'labels' | 'classes' | 'is_crowd' | 'area' | 'confidence' | 'num_detections';

/**
 * COCO average precision, exactly as pycocotools computes it. Labels: `{ boxes, labels, is_crowd?, area? }` or packed
 * `[batch, n, 5]`; predictions: `{ boxes, labels, confidence, num_detections? }` or packed `[batch, n, 6]`. A label below 0 marks an
 * unused place. It runs on the host, so it works in compiled and eager evaluation alike.
 * @see https://cocodataset.org/#detection-eval
 */
export class MeanAveragePrecision extends Metric<typeof fields, [yTrue: DetectionBatch, yPred: DetectionBatch]> {
  static override readonly className: string = 'MeanAveragePrecision';
  static override readonly defaultName: string | undefined = 'mean_average_precision';
  static override readonly fields = fields;
  static override readonly hostSide = true;
  private accumulator: CocoAccumulator;

  constructor(options: MeanAveragePrecisionOptions = {}) {
    super(options);
    this.accumulator = this.empty();
  }
  private empty(): CocoAccumulator {
    const { iouThresholds, recallThresholds, maxDetections, classIds } = this.config;
    return new CocoAccumulator({
      maxDetections,
      ...(iouThresholds && { iouThresholds }),
      ...(recallThresholds && { recallThresholds }),
      ...(classIds && { categoryIds: classIds }),
    });
  }

  /** Takes the images of a batch in. */
  override async updateState(yTrue: DetectionBatch, yPred: DetectionBatch): Promise<void> {
    const [truth, found] = [await readArrays(yTrue), await readArrays(yPred)];
    const { boundingBoxFormat, imageSize } = this.config;
    const options = {
      boundingBoxFormat,
      ...(imageSize && { imageSize: { height: imageSize[0]!, width: imageSize[1]! } }),
    };
    for (const { truths, detections } of readDetectionBatch(truth as never, found as never, options as never))
      this.accumulator.addImage(truths, detections);
  }
  /** The chosen figure; -1 when there is no object at all. */
  override result(): number {
    const at = statNames.indexOf(this.config.figure as never);
    return this.accumulator.evaluate().stats[at]!;
  }
  /** All figures: the twelve, each class's, precision and recall. */
  results(options: { readonly curves?: boolean } = {}): CocoResult {
    return this.accumulator.evaluate(options);
  }
  override resetState(): void {
    this.accumulator = this.empty();
  }
}

interface PlainArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}
/** Numbers and shapes of a tensor, or of each of an object of tensors. */
async function readArrays(batch: DetectionBatch): Promise<PlainArray | Record<string, PlainArray>> {
  const read = async (x: Like): Promise<PlainArray> => {
    const t = asTensor(x);
    return { data: await t.data(), shape: t.shape };
  };
  const isOne = batch instanceof Tensor || Array.isArray(batch) || ArrayBuffer.isView(batch);
  if (isOne) return read(batch as Like);
  return Object.fromEntries(
    await Promise.all(
      Object.entries(batch as Record<string, Like>).map(async ([key, x]) => [key, await read(x)] as const),
    ),
  );
}
