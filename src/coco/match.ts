import type { ImageRows } from './columns.ts';
import type { MatchLedger } from './ledger.ts';
import type { CocoParameters } from './params.ts';

/** What the matcher has to know of an image's rows. */
export type MatchColumns = Pick<ImageRows, 'overlap' | 'detectionAreas' | 'truthAreas' | 'isCrowd'>;

/** The objects and detections of one image and class. */
export interface MatchGroup {
  readonly columns: MatchColumns;
  readonly truths: readonly number[];
  /** Rows by falling score; only the first `count` matter. */
  readonly detections: Int32Array;
  readonly count: number;
  /** Row of the ledger for the first detection. */
  readonly start: number;
}

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
  // The pairs of a group that reach the lowest threshold, by detection. All others can be forgotten at once.
  #pairStart = new Int32Array(64);
  /** The detections that have such pairs. */
  #active = new Int32Array(64);
  #activeCount = 0;
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

  /** Writes the outcomes of a group into the ledger. */
  match(group: MatchGroup, ledger: MatchLedger, trace?: MatchTrace): void {
    const pairCount = this.#findPairs(group);
    for (let range = 0; range < this.#lows.length; range++) {
      this.#assumeUnmatched(group, range, ledger);
      if (pairCount === 0) continue;
      this.#markIgnored(group, range);
      this.#matchRange(group, range, ledger);
    }
    if (trace) this.#report(group, trace);
  }

  /** Adds the objects of a group that are not ignored to `counts`, range by range. */
  countTruths({ truths, columns }: MatchGroup, counts: Int32Array): void {
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

  #findPairs({ columns, truths, detections, count }: MatchGroup): number {
    if (count >= this.#pairStart.length) {
      this.#pairStart = new Int32Array(2 * count);
      this.#active = new Int32Array(2 * count);
    }
    if (truths.length > this.#takenAt.length) {
      this.#takenAt = new Int32Array(2 * truths.length);
      this.#ignored = new Uint8Array(2 * truths.length);
    }
    this.#takenAt.fill(0, 0, truths.length);
    this.#visit = 0;
    this.#activeCount = 0;
    let pairs = 0;
    for (let d = 0; d < count; d++) {
      for (let g = 0; g < truths.length; g++) {
        const overlap = columns.overlap(detections[d], truths[g], columns.isCrowd[truths[g]] !== 0);
        if (!(overlap >= this.#least)) continue;
        if (pairs === this.#pairTruth.length) this.#growPairs();
        this.#pairTruth[pairs] = g;
        this.#pairOverlap[pairs++] = overlap;
      }
      if (pairs > this.#pairStart[d]) this.#active[this.#activeCount++] = d;
      this.#pairStart[d + 1] = pairs;
    }
    return pairs;
  }

  #growPairs(): void {
    const [truths, overlaps] = [this.#pairTruth, this.#pairOverlap];
    this.#pairTruth = new Int32Array(2 * truths.length);
    this.#pairTruth.set(truths);
    this.#pairOverlap = new Float64Array(2 * truths.length);
    this.#pairOverlap.set(overlaps);
  }

  /** A detection that takes nothing counts as wrong, unless its size is outside of the range. */
  #assumeUnmatched({ columns, detections, count, start }: MatchGroup, range: number, ledger: MatchLedger): void {
    const { counted, stride, wordsPerRange } = ledger;
    for (let d = 0; d < count; d++) {
      if (this.#isOutside(detections[d], columns, range)) continue;
      const word = (start + d) * stride + range * wordsPerRange;
      for (let w = 0; w < wordsPerRange; w++) counted[word + w] = -1;
    }
  }

  #markIgnored({ columns, truths }: MatchGroup, range: number): void {
    for (let g = 0; g < truths.length; g++) this.#ignored[g] = this.#isIgnored(truths[g], columns, range) ? 1 : 0;
  }

  #matchRange(group: MatchGroup, range: number, { hits, counted, stride, wordsPerRange }: MatchLedger): void {
    for (let t = 0; t < this.#thresholds.length; t++) {
      this.#visit++;
      const bit = 1 << (t & 31);
      const word = group.start * stride + range * wordsPerRange + (t >> 5);
      for (let i = 0; i < this.#activeCount; i++) {
        const d = this.#active[i];
        const taken = this.#take(d, t, group);
        if (taken < 0) continue;
        const at = word + d * stride;
        if (this.#ignored[taken] !== 0) counted[at] &= ~bit;
        else {
          counted[at] |= bit;
          hits[at] |= bit;
        }
      }
    }
  }

  /** The object (index in the group) that detection `d` takes at threshold `t`, or -1. */
  #take(d: number, t: number, { columns, truths }: MatchGroup): number {
    let best = -1;
    let bestOverlap = this.#thresholds[t];
    let bestIgnored = -1;
    let bestIgnoredOverlap = bestOverlap;
    const end = this.#pairStart[d + 1];
    for (let pair = this.#pairStart[d]; pair < end; pair++) {
      const g = this.#pairTruth[pair];
      if (this.#takenAt[g] === this.#visit && columns.isCrowd[truths[g]] === 0) continue;
      const overlap = this.#pairOverlap[pair];
      if (this.#ignored[g] === 0) {
        if (overlap < bestOverlap) continue;
        best = g;
        bestOverlap = overlap;
      } else if (overlap >= bestIgnoredOverlap) {
        bestIgnored = g;
        bestIgnoredOverlap = overlap;
      }
    }
    const taken = best >= 0 ? best : bestIgnored;
    if (taken >= 0) this.#takenAt[taken] = this.#visit;
    return taken;
  }

  #report(group: MatchGroup, trace: MatchTrace): void {
    const { columns, truths, detections, count } = group;
    this.#markIgnored(group, 0);
    for (let t = 0; t < this.#thresholds.length; t++) {
      this.#visit++;
      for (let d = 0; d < count; d++) {
        const taken = this.#take(d, t, group);
        const isIgnored = taken >= 0 ? this.#ignored[taken] !== 0 : this.#isOutside(detections[d], columns, 0);
        trace(t, detections[d], taken >= 0 ? truths[taken] : -1, isIgnored);
      }
    }
  }
}
