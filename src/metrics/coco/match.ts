import type { ImageRows } from './columns.ts';
import type { MatchLedger } from './ledger.ts';
import type { CocoParameters } from './params.ts';

/** What the matcher has to know of an image's rows. */
export type MatchColumns = Pick<ImageRows, 'overlap' | 'detectionAreas' | 'truthAreas' | 'isCrowd'>;

/** Told of every decision in the first area range: which object (row) a detection (row) took, or -1. */
export type MatchTrace = (threshold: number, detection: number, truth: number, isIgnored: boolean) => void;

// An overlap this close to 1 meets a threshold of 1.
const highestThreshold = 1 - 1e-10;

/**
 * Matches the detections of one image and class with its objects, for every area range and threshold: each detection, by
 * falling score, takes the free object it overlaps most (the later of equals), and an ignored one only if no other is left.
 */
export class GroupMatcher {
  readonly #thresholds: Float64Array;
  readonly #least: number;
  readonly #lows: Float64Array;
  readonly #highs: Float64Array;
  // The pairs of a group that reach the lowest threshold, by detection. All else can be forgotten at once.
  #pairStart = new Int32Array(64);
  #pairTruth = new Int32Array(256);
  #pairOverlap = new Float64Array(256);
  #ignored = new Uint8Array(64);
  /** The visit (range and threshold) during which an object was last taken. */
  #takenAt = new Int32Array(64);
  #visit = 0;

  constructor(parameters: CocoParameters) {
    this.#thresholds = parameters.iouThresholds.map((t) => Math.min(t, highestThreshold));
    this.#least = Math.min(...this.#thresholds);
    this.#lows = parameters.areaLows;
    this.#highs = parameters.areaHighs;
  }

  /** Writes the outcomes of `detections` (rows by falling score) into the ledger from row `start` on. */
  match(
    detections: Int32Array,
    truths: readonly number[],
    columns: MatchColumns,
    ledger: MatchLedger,
    start: number,
    trace: MatchTrace | undefined,
  ): void {
    this.#findPairs(detections, truths, columns);
    for (let range = 0; range < this.#lows.length; range++) {
      this.#assumeUnmatched(detections, columns, range, ledger, start);
      this.#markIgnored(truths, columns, range);
      if (this.#pairStart[detections.length] > 0)
        this.#matchRange(detections.length, truths, columns, range, ledger, start);
    }
    if (trace) this.#report(detections, truths, columns, trace);
  }

  /** Counts the objects of the group that are not ignored, range by range. */
  countTruths(truths: readonly number[], columns: MatchColumns, counts: Int32Array): void {
    for (let range = 0; range < this.#lows.length; range++) {
      for (const truth of truths) if (!this.#isIgnored(truth, columns, range)) counts[range]++;
    }
  }

  #isIgnored(truth: number, { isCrowd, truthAreas }: MatchColumns, range: number): boolean {
    return isCrowd[truth] !== 0 || truthAreas[truth] < this.#lows[range] || truthAreas[truth] > this.#highs[range];
  }

  #isOutside(detection: number, { detectionAreas }: MatchColumns, range: number): boolean {
    return detectionAreas[detection] < this.#lows[range] || detectionAreas[detection] > this.#highs[range];
  }

  #findPairs(detections: Int32Array, truths: readonly number[], { overlap, isCrowd }: MatchColumns): void {
    if (detections.length >= this.#pairStart.length) this.#pairStart = new Int32Array(2 * detections.length);
    if (truths.length > this.#takenAt.length) {
      this.#takenAt = new Int32Array(2 * truths.length);
      this.#ignored = new Uint8Array(2 * truths.length);
    }
    let count = 0;
    for (let d = 0; d < detections.length; d++) {
      for (let g = 0; g < truths.length; g++) {
        const iou = overlap(detections[d], truths[g], isCrowd[truths[g]] !== 0);
        if (!(iou >= this.#least)) continue;
        if (count === this.#pairTruth.length) this.#growPairs();
        this.#pairTruth[count] = g;
        this.#pairOverlap[count++] = iou;
      }
      this.#pairStart[d + 1] = count;
    }
  }

  #growPairs(): void {
    const [truths, overlaps] = [this.#pairTruth, this.#pairOverlap];
    this.#pairTruth = new Int32Array(2 * truths.length);
    this.#pairTruth.set(truths);
    this.#pairOverlap = new Float64Array(2 * truths.length);
    this.#pairOverlap.set(overlaps);
  }

  /** A detection that takes nothing counts as wrong, unless its size is outside of the range. */
  #assumeUnmatched(
    detections: Int32Array,
    columns: MatchColumns,
    range: number,
    { counted, stride, wordsPerRange }: MatchLedger,
    start: number,
  ): void {
    for (let d = 0; d < detections.length; d++) {
      const isOutside = this.#isOutside(detections[d], columns, range);
      const word = (start + d) * stride + range * wordsPerRange;
      for (let w = 0; w < wordsPerRange; w++) counted[word + w] = isOutside ? 0 : -1;
    }
  }

  #markIgnored(truths: readonly number[], columns: MatchColumns, range: number): void {
    for (let g = 0; g < truths.length; g++) this.#ignored[g] = this.#isIgnored(truths[g], columns, range) ? 1 : 0;
  }

  #matchRange(
    count: number,
    truths: readonly number[],
    columns: MatchColumns,
    range: number,
    { hits, counted, stride, wordsPerRange }: MatchLedger,
    start: number,
  ): void {
    for (let t = 0; t < this.#thresholds.length; t++) {
      this.#visit++;
      const bit = 1 << (t & 31);
      const word = start * stride + range * wordsPerRange + (t >> 5);
      for (let d = 0; d < count; d++) {
        if (this.#pairStart[d] === this.#pairStart[d + 1]) continue;
        const taken = this.#take(d, this.#thresholds[t], truths, columns.isCrowd);
        if (taken < 0) continue;
        const at = word + d * stride;
        if (this.#ignored[taken]) counted[at] &= ~bit;
        else {
          counted[at] |= bit;
          hits[at] |= bit;
        }
      }
    }
  }

  /** The object (index in the group) that detection `d` takes at a threshold, or -1. */
  #take(d: number, threshold: number, truths: readonly number[], isCrowd: Uint8Array): number {
    let [best, bestOverlap] = [-1, threshold];
    let [bestIgnored, bestIgnoredOverlap] = [-1, threshold];
    for (let pair = this.#pairStart[d]; pair < this.#pairStart[d + 1]; pair++) {
      const g = this.#pairTruth[pair];
      if (this.#takenAt[g] === this.#visit && isCrowd[truths[g]] === 0) continue;
      const overlap = this.#pairOverlap[pair];
      if (this.#ignored[g]) {
        if (overlap >= bestIgnoredOverlap) [bestIgnored, bestIgnoredOverlap] = [g, overlap];
      } else if (overlap >= bestOverlap) [best, bestOverlap] = [g, overlap];
    }
    const taken = best >= 0 ? best : bestIgnored;
    if (taken >= 0) this.#takenAt[taken] = this.#visit;
    return taken;
  }

  #report(detections: Int32Array, truths: readonly number[], columns: MatchColumns, trace: MatchTrace): void {
    this.#markIgnored(truths, columns, 0);
    for (let t = 0; t < this.#thresholds.length; t++) {
      this.#visit++;
      for (let d = 0; d < detections.length; d++) {
        const taken = this.#take(d, this.#thresholds[t], truths, columns.isCrowd);
        const isIgnored = taken >= 0 ? this.#ignored[taken] !== 0 : this.#isOutside(detections[d], columns, 0);
        trace(t, detections[d], taken >= 0 ? truths[taken] : -1, isIgnored);
      }
    }
  }
}
