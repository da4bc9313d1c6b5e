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
    const walk = new CurveWalk(ledger, rows);
    for (let a = 0; a < A; a++) {
      const truthCount = truthCounts[k][a];
      if (truthCount === 0) continue;
      const needed = hitsNeeded(recallThresholds, truthCount);
      for (let m = 0; m < M; m++) {
        for (let t = 0; t < T; t++) {
          if (t % 32 === 0) walk.select(a, t >> 5, m);
          const found = walk.follow(t & 31);
          const cell = ((t * K + k) * A + a) * M + m;
          recall[cell] = found / truthCount;
          let sum = 0;
          for (let r = 0; r < R; r++) if (needed[r] <= found) sum += walk.precision[needed[r]];
          apTable[cell] = sum / R;
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
  let i = 0;
  for (const group of groups) for (let row = groupStart[group]; row < groupStart[group + 1]; row++) rows[i++] = row;
  sortByFallingKey(rows, scores);
  return rows;
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

/** Walks down the sorted detections of one class, once for each threshold. */
class CurveWalk {
  /** Precision at the k-th hit (k from 1), non-increasing. */
  readonly precision: Float64Array;
  readonly #ledger: MatchLedger;
  readonly #rows: Int32Array;
  /** Rows whose outcome depends on the threshold, and how many of the others count as wrong before each. */
  readonly #mixedRow: Int32Array;
  readonly #mixedHits: Int32Array;
  readonly #mixedCounted: Int32Array;
  readonly #wrongBefore: Int32Array;
  readonly #hitRow: Int32Array;
  #mixedCount = 0;

  constructor(ledger: MatchLedger, rows: Int32Array) {
    this.#ledger = ledger;
    this.#rows = rows;
    this.#mixedRow = new Int32Array(rows.length);
    this.#mixedHits = new Int32Array(rows.length);
    this.#mixedCounted = new Int32Array(rows.length);
    this.#wrongBefore = new Int32Array(rows.length);
    this.#hitRow = new Int32Array(rows.length + 1);
    this.precision = new Float64Array(rows.length + 1);
  }

  /**
   * Chooses an area range, 32 thresholds and a cut. Most detections match nothing at any threshold: they are counted
   * here, so that `follow` meets only the others.
   */
  select(range: number, word: number, cut: number): void {
    const { firstCut, hits, counted, stride, wordsPerRange } = this.#ledger;
    const offset = range * wordsPerRange + word;
    let wrong = 0;
    let mixed = 0;
    for (let i = 0; i < this.#rows.length; i++) {
      const row = this.#rows[i];
      if (firstCut[row] > cut) continue;
      const at = row * stride + offset;
      const countedBits = counted[at];
      const hitBits = hits[at];
      if (hitBits === 0 && (countedBits === 0 || countedBits === -1)) {
        wrong -= countedBits;
        continue;
      }
      this.#mixedRow[mixed] = row;
      this.#mixedHits[mixed] = hitBits;
      this.#mixedCounted[mixed] = countedBits;
      this.#wrongBefore[mixed++] = wrong;
    }
    this.#mixedCount = mixed;
  }

  /** Fills `precision` for a threshold (bit of the chosen word) and returns the number of hits. */
  follow(bit: number): number {
    const { precision } = this;
    let counted = 0;
    let found = 0;
    for (let i = 0; i < this.#mixedCount; i++) {
      counted += (this.#mixedCounted[i] >>> bit) & 1;
      if (((this.#mixedHits[i] >>> bit) & 1) === 0) continue;
      found++;
      precision[found] = found / (this.#wrongBefore[i] + counted + Number.EPSILON);
      this.#hitRow[found] = this.#mixedRow[i];
    }
    for (let k = found - 1; k > 0; k--) if (precision[k] < precision[k + 1]) precision[k] = precision[k + 1];
    return found;
  }

  /** Score of the detection that reaches a recall point; a recall of 0 is reached by the very first. */
  scoreAt(needed: number, found: number, recall: number): number {
    if (recall <= 0) return this.#rows.length > 0 ? this.#ledger.scores[this.#rows[0]] : 0;
    return needed <= found ? this.#ledger.scores[this.#hitRow[needed]] : 0;
  }
}
