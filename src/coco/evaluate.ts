import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { CocoAccumulator, type CocoResultOptions } from './accumulator.ts';
import { type Detections, RowSource, type Truths } from './columns.ts';
import type { MatchTrace } from './match.ts';
import { type CocoOptions, cocoOptions } from './params.ts';
import type { CocoMatches, CocoResult } from './result.ts';

/** A whole data set, column by column. Rows keep the order of the file, which settles ties. */
export interface CocoData {
  /** All images, those without objects or detections included. Rows of other images are dropped. */
  readonly imageIds: ArrayLike<number>;
  /** The labelled objects of all images, and the image of each. */
  readonly truths: Truths & { readonly imageIds: ArrayLike<number> };
  /** The predictions for all images, and the image of each. */
  readonly detections: Detections & { readonly imageIds: ArrayLike<number> };
}

/** Options of `coco.evaluate`. */
export interface EvaluateOptions extends CocoOptions, CocoResultOptions {
  /** Also return which object every detection took. Default: false. */
  readonly matches?: boolean;
}
const evaluateOptions: OptionNames<EvaluateOptions> = { ...cocoOptions, curves: true, matches: true };

/**
 * Evaluates detections against annotated objects as pycocotools does: all numbers agree to 1e-9.
 *
 * ```ts
 * const result = evaluate({
 *   imageIds: [1],
 *   truths: { imageIds: [1], categoryIds: [7], boxes: [10, 10, 20, 20] },
 *   detections: { imageIds: [1], categoryIds: [7], scores: [0.9], boxes: [10, 10, 20, 18] },
 * });
 * result.stats[0]; // AP: 0.9, for the overlap of 0.9 is enough at nine of ten thresholds
 * ```
 */
export const evaluate = exact(
  'coco.evaluate',
  2,
  function evaluate(data: CocoData, options: EvaluateOptions = {}): CocoResult {
    const { matches, curves, ...parameters } = optionsOf('coco.evaluate', evaluateOptions, options);
    const { truths, detections } = data;
    const tracer = matches ? new MatchTable(detections.scores.length) : undefined;
    const accumulator = new CocoAccumulator(parameters, tracer?.trace);
    const source = new RowSource(truths, detections, accumulator.parameters.iouType);
    const imageIds = Float64Array.from(new Set(Array.from(data.imageIds))).sort();
    const truthRows = rowsByImage('truths', imageIds, truths);
    const detectionRows = rowsByImage('detections', imageIds, detections);
    imageIds.forEach((id, i) => accumulator.addRows(source.image(truthRows(i), detectionRows(i)), id));
    const result = accumulator.evaluate({ curves: options.curves ?? false });
    return tracer ? { ...result, matches: tracer.matches(result.iouThresholds.length) } : result;
  },
);

/** The rows of the i-th image, in file order; rows of unlisted images are left out. */
function rowsByImage(
  name: string,
  imageIds: Float64Array,
  columns: { readonly imageIds: ArrayLike<number>; readonly categoryIds: ArrayLike<number> },
): (image: number) => Int32Array {
  const { length } = columns.imageIds;
  if (length !== columns.categoryIds.length) {
    const counts = `${length} image ids and ${columns.categoryIds.length} category ids`;
    fail('COCO evaluation', `${name} has ${counts}`, 'give both for every row');
  }
  const position = new Map(Array.from(imageIds, (id, i) => [id, i]));
  const imageOf = new Int32Array(length);
  const ends = new Int32Array(imageIds.length + 1);
  for (let row = 0; row < length; row++) {
    imageOf[row] = position.get(columns.imageIds[row]) ?? -1;
    if (imageOf[row] >= 0) ends[imageOf[row] + 1]++;
  }
  for (let i = 0; i < imageIds.length; i++) ends[i + 1] += ends[i];
  const rows = new Int32Array(ends[imageIds.length]);
  const next = ends.slice();
  for (let row = 0; row < length; row++) if (imageOf[row] >= 0) rows[next[imageOf[row]]++] = row;
  return (image) => rows.subarray(ends[image], ends[image + 1]);
}

/** Collects what the matcher reports. */
class MatchTable {
  readonly #detectionCount: number;
  readonly #truthRows: Int32Array[] = [];
  readonly #ignored: Uint8Array[] = [];

  constructor(detectionCount: number) {
    this.#detectionCount = detectionCount;
  }

  readonly trace: MatchTrace = (threshold, detection, truth, isIgnored) => {
    this.#grow(threshold + 1);
    this.#truthRows[threshold][detection] = truth;
    this.#ignored[threshold][detection] = isIgnored ? 1 : 0;
  };

  matches(thresholdCount: number): CocoMatches {
    this.#grow(thresholdCount);
    const shape = [thresholdCount, this.#detectionCount] as const;
    const truthRows = new Int32Array(thresholdCount * this.#detectionCount);
    const ignored = new Uint8Array(truthRows.length);
    for (let t = 0; t < thresholdCount; t++) {
      truthRows.set(this.#truthRows[t], t * this.#detectionCount);
      ignored.set(this.#ignored[t], t * this.#detectionCount);
    }
    return { shape, truthRows, ignored };
  }

  #grow(thresholdCount: number): void {
    while (this.#truthRows.length < thresholdCount) {
      this.#truthRows.push(new Int32Array(this.#detectionCount).fill(-2));
      this.#ignored.push(new Uint8Array(this.#detectionCount));
    }
  }
}
