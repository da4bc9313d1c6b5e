import type { MatchLedger } from './ledger.ts';
import type { CocoParameters } from './params.ts';
import type { CocoCurves } from './result.ts';
import { sortByFallingKey } from './stable-order.ts';

/** Recall and mean precision, [thresholds, classes, ranges, cuts], and the curves behind them. */
export interface PrecisionRecall {
  readonly recall: Float64Array;
  readonly apTable: Float64Array;
  readonly curves: CocoCurves | undefined;
}

/**
 * Joins the images of each class, sorts their detections by falling score and reads off, for every threshold, range and
 * cut, the recall and the precision `tp / (tp + fp + 2^-52)`, made non-increasing from the right.
 *
 * `groupsByClass` lists the ledger's groups of each class in order of their images.
 */
export function precisionRecall(
  ledger: MatchLedger,
  groupsByClass: readonly (readonly number[])[],
  truthCounts: readonly Int32Array[],
  parameters: CocoParameters,
  withCurves: boolean,
): PrecisionRecall {
  const { iouThresholds, recallThresholds, areaLabels, maxDetections } = parameters;
  const [T, R, K] = [iouThresholds.length, recallThresholds.length, groupsByClass.length];
  const [A, M] = [areaLabels.length, maxDetections.length];
  const recall = new Float64Array(T * K * A * M).fill(-1);
  const apTable = new Float64Array(T * K * A * M).fill(-1);
  const curveSize = withCurves ? T * R * K * A * M : 0;
  const precision = new Float64Array(curveSize).fill(-1);
  const scores = new Float64Array(curveSize).fill(-1);

  groupsByClass.forEach((groups, k) => {
    const rows = joinGroups(ledger, groups);
    const walk = new CurveWalk(ledger, rows, M);
    for (let a = 0; a < A; a++) {
      const truthCount = truthCounts[k][a];
      if (truthCount === 0) continue;
      const needed = hitsNeeded(recallThresholds, truthCount);
      for (let t = 0; t < T; t++) {
        if (t % 32 === 0) walk.load(a, t >> 5);
        for (let m = 0; m < M; m++) {
          const found = walk.follow(t & 31, m);
          const cell = ((t * K + k) * A + a) * M + m;
          recall[cell] = found / truthCount;
          apTable[cell] = walk.meanPrecision(needed, found);
          if (!withCurves) continue;
          for (let r = 0; r < R; r++) {
            const at = (((t * R + r) * K + k) * A + a) * M + m;
            precision[at] = needed[r] <= found ? walk.precision[needed[r]] : 0;
            scores[at] = walk.scoreAt(needed[r], found, recallThresholds[r]);
          }
        }
      }
    }
  });
  const curves = withCurves ? { shape: [T, R, K, A, M] as const, precision, scores } : undefined;
  return { recall, apTable, curves };
}

/** The rows of some groups, by falling score; equal scores stay in order of image and rank. */
function joinGroups({ groupStart, scores }: MatchLedger, groups: readonly number[]): Int32Array {
  let count = 0;
  for (const group of groups) count += groupStart[group + 1] - groupStart[group];
  const rows = new Int32Array(count);
  // The scores of a class lie scattered over the ledger; side by side they sort faster.
  const keys = new Float64Array(count);
  const order = new Int32Array(count);
  let i = 0;
  for (const group of groups) {
    for (let row = groupStart[group]; row < groupStart[group + 1]; row++) {
      rows[i] = row;
      keys[i] = scores[row];
      order[i] = i++;
    }
  }
  sortByFallingKey(order, keys);
  for (i = 0; i < count; i++) order[i] = rows[order[i]];
  return order;
}

/** The smallest number of hits k >= 1 with `k / truthCount >= r` in doubles, for each recall point r. */
function hitsNeeded(recallThresholds: Float64Array, truthCount: number): Int32Array {
  return Int32Array.from(recallThresholds, (r) => {
    if (r > 1) return truthCount + 1;
    let k = Math.max(1, Math.ceil(r * truthCount));
    while (k / truthCount < r) k++;
    while (k > 1 && (k - 1) / truthCount >= r) k--;
    return k;
  });
}

/** Walks down the sorted detections of one class, once for each threshold and cut. */
class CurveWalk {
  /** Precision at the k-th hit (k from 1), non-increasing. */
  readonly precision: Float64Array;
  readonly #ledger: MatchLedger;
  readonly #rows: Int32Array;
  readonly #cuts: readonly Cut[];
  readonly #hitRow: Int32Array;

  constructor(ledger: MatchLedger, rows: Int32Array, cutCount: number) {
    this.#ledger = ledger;
    this.#rows = rows;
    this.precision = new Float64Array(rows.length + 1);
    this.#hitRow = new Int32Array(rows.length + 1);
    const sizes = new Int32Array(cutCount);
    for (const row of rows) sizes[ledger.firstCut[row]]++;
    for (let m = 1; m < cutCount; m++) sizes[m] += sizes[m - 1];
    this.#cuts = Array.from(sizes, (size) => new Cut(size));
  }

  /** Reads the outcomes for an area range and 32 thresholds, and sorts them into the cuts. */
  load(range: number, word: number): void {
    const { firstCut, hits, counted, stride, wordsPerRange } = this.#ledger;
    const offset = range * wordsPerRange + word;
    for (const cut of this.#cuts) cut.clear();
    for (const row of this.#rows) {
      const at = row * stride + offset;
      for (let m = firstCut[row]; m < this.#cuts.length; m++) this.#cuts[m].add(row, hits[at], counted[at]);
    }
  }

  /** Fills `precision` for a threshold (bit of the loaded word) and a cut, and returns the number of hits. */
  follow(bit: number, m: number): number {
    const { rows, hits, counted, wrongBefore, count } = this.#cuts[m];
    const { precision } = this;
    const hitRow = this.#hitRow;
    let mixed = 0;
    let found = 0;
    for (let i = 0; i < count; i++) {
      mixed += (counted[i] >>> bit) & 1;
      if (((hits[i] >>> bit) & 1) === 0) continue;
      found++;
      precision[found] = found / (wrongBefore[i] + mixed + Number.EPSILON);
      hitRow[found] = rows[i];
    }
    for (let k = found - 1; k > 0; k--) if (precision[k] < precision[k + 1]) precision[k] = precision[k + 1];
    return found;
  }

  /** Mean of the precision over the recall points; those that are not reached give 0. */
  meanPrecision(needed: Int32Array, found: number): number {
    const { precision } = this;
    let sum = 0;
    for (let r = 0; r < needed.length; r++) if (needed[r] <= found) sum += precision[needed[r]];
    return sum / needed.length;
  }

  /** Score of the detection that reaches a recall point; a recall of 0 is reached by the very first. */
  scoreAt(needed: number, found: number, recall: number): number {
    if (recall <= 0) return this.#rows.length > 0 ? this.#ledger.scores[this.#rows[0]] : 0;
    return needed <= found ? this.#ledger.scores[this.#hitRow[needed]] : 0;
  }
}

/**
 * The detections within a cut whose outcome depends on the threshold. Most match nothing at any: of those it is enough
 * to know how many stand before each of the others.
 */
class Cut {
  count = 0;
  readonly rows: Int32Array;
  readonly hits: Int32Array;
  readonly counted: Int32Array;
  /** Detections before this one that count as wrong at every threshold. */
  readonly wrongBefore: Int32Array;
  #wrong = 0;

  constructor(size: number) {
    this.rows = new Int32Array(size);
    this.hits = new Int32Array(size);
    this.counted = new Int32Array(size);
    this.wrongBefore = new Int32Array(size);
  }

  clear(): void {
    this.count = 0;
    this.#wrong = 0;
  }

  add(row: number, hits: number, counted: number): void {
    if (hits === 0 && (counted === 0 || counted === -1)) {
      this.#wrong -= counted;
      return;
    }
    this.rows[this.count] = row;
    this.hits[this.count] = hits;
    this.counted[this.count] = counted;
    this.wrongBefore[this.count++] = this.#wrong;
  }
}
