import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { fixed } from '../base/fixed.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { CocoParameters } from './params.ts';
import type { CocoResult } from './result.ts';

/** One of the 12 COCO numbers: which table it averages, and over what. */
interface Statistic {
  /** The key it is logged under. */
  readonly name: string;
  readonly kind: 'precision' | 'recall';
  /** The only threshold looked at; all if absent. */
  readonly iou?: number;
  readonly area: string;
  /** Index into the cuts; the first number asks for a cut of exactly 100 instead. */
  readonly cut: number | 'exactly 100';
}

const statistics: readonly Statistic[] = [
  { name: 'AP', kind: 'precision', area: 'all', cut: 'exactly 100' },
  { name: 'AP50', kind: 'precision', iou: 0.5, area: 'all', cut: 2 },
  { name: 'AP75', kind: 'precision', iou: 0.75, area: 'all', cut: 2 },
  { name: 'APsmall', kind: 'precision', area: 'small', cut: 2 },
  { name: 'APmedium', kind: 'precision', area: 'medium', cut: 2 },
  { name: 'APlarge', kind: 'precision', area: 'large', cut: 2 },
  { name: 'AR1', kind: 'recall', area: 'all', cut: 0 },
  { name: 'AR10', kind: 'recall', area: 'all', cut: 1 },
  { name: 'AR100', kind: 'recall', area: 'all', cut: 2 },
  { name: 'ARsmall', kind: 'recall', area: 'small', cut: 2 },
  { name: 'ARmedium', kind: 'recall', area: 'medium', cut: 2 },
  { name: 'ARlarge', kind: 'recall', area: 'large', cut: 2 },
];

/** Names of the 12 COCO numbers, in order: AP, AP50, AP75, APsmall, ... ARlarge. */
export const statNames: readonly string[] = statistics.map(({ name }) => name);

/** The tables that the 12 numbers average, [thresholds, classes, ranges, cuts], and the curves if there are any. */
type Tables = Pick<CocoResult, 'apTable' | 'recall' | 'curves'>;

/** The 12 COCO numbers; -1 where nothing can be averaged. */
export function summarize({ apTable, recall, curves }: Tables, parameters: CocoParameters): Float64Array {
  const { iouThresholds, areaLabels, maxDetections } = parameters;
  const [T, A, M] = [iouThresholds.length, areaLabels.length, maxDetections.length];
  const K = recall.length / (T * A * M);
  return Float64Array.from(statistics, ({ kind, iou, area, cut }) => {
    // The mean of the mean precisions is that of all precisions, up to the last bit; with curves, even that is right.
    const R = kind === 'precision' && curves ? curves.shape[1] : 1;
    const table = kind === 'recall' ? recall : (curves?.precision ?? apTable);
    const a = areaLabels.indexOf(area);
    const m = cut === 'exactly 100' ? maxDetections.indexOf(100) : cut;
    if (a < 0 || m < 0) return -1;
    const mean = new MeanOfKnown();
    for (let t = 0; t < T; t++) {
      if (iou !== undefined && iouThresholds[t] !== iou) continue;
      for (let rk = t * R * K; rk < (t + 1) * R * K; rk++) mean.add(table[(rk * A + a) * M + m]);
    }
    return mean.value;
  });
}

/** Whether one of the numbers lies so close to a half of its last printed digit that its last bit decides the print. */
export const isNearPrintedTie = (stats: Float64Array): boolean =>
  stats.some((value) => Math.abs(1000 * value - Math.floor(1000 * value) - 0.5) < 1e-9);

/** The mean over the thresholds at the first range and the last cut, class by class. */
export function meanPerClass(table: Float64Array, shape: readonly [number, number, number, number]): Float64Array {
  const [T, K, A, M] = shape;
  return Float64Array.from({ length: K }, (_, k) => {
    const mean = new MeanOfKnown();
    for (let t = 0; t < T; t++) mean.add(table[(t * K + k) * A * M + M - 1]);
    return mean.value;
  });
}

/** Mean of the values above -1; -1 if there are none. */
class MeanOfKnown {
  readonly #values: number[] = [];

  add(value: number): void {
    if (value > -1) this.#values.push(value);
  }

  get value(): number {
    const { length } = this.#values;
    return length === 0 ? -1 : pairwiseSum(this.#values, 0, length) / length;
  }
}

/**
 * The sum of some values in the order in which numpy adds them: eight partial sums, halved recursively above 128 values.
 * A recall of exactly 0.1875 is printed as 0.188, a last bit below as 0.187: only the same order gives the same text.
 */
function pairwiseSum(values: readonly number[], start: number, count: number): number {
  if (count > 128) {
    const half = Math.floor(count / 16) * 8;
    return pairwiseSum(values, start, half) + pairwiseSum(values, start + half, count - half);
  }
  const inEights = count - (count % 8);
  const part = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < inEights; i++) part[i & 7] += values[start + i];
  let sum = part[0] + part[1] + (part[2] + part[3]) + (part[4] + part[5] + (part[6] + part[7]));
  for (let i = inEights; i < count; i++) sum += values[start + i];
  return sum;
}

/** What `summaryTable` prints beside the numbers. */
export interface SummaryTableOptions {
  /** First and last overlap threshold. Default: [0.5, 0.95]. */
  readonly iouThresholds?: ArrayLike<number>;
  /** The cuts, ascending. Default: [1, 10, 100]. */
  readonly maxDetections?: ArrayLike<number>;
}
const summaryTableOptions: OptionNames<SummaryTableOptions> = { iouThresholds: true, maxDetections: true };

/** The 12 numbers as text, one per line, as pycocotools prints them. */
export const summaryTable = exact(
  'coco.summaryTable',
  2,
  function summaryTable(stats: ArrayLike<number>, options: SummaryTableOptions = {}): string {
    optionsOf('coco.summaryTable', summaryTableOptions, options);
    const { iouThresholds = [0.5, 0.95], maxDetections = [1, 10, 100] } = options;
    if (stats.length !== 12)
      fail('summaryTable', `expected the 12 COCO numbers, got ${stats.length}`, 'pass `result.stats`');
    const all = `${fixed(iouThresholds[0], 2)}:${fixed(iouThresholds[iouThresholds.length - 1], 2)}`;
    return statistics
      .map(({ kind, iou, area, cut }, i) => {
        const title = kind === 'precision' ? 'Average Precision ' : 'Average Recall    ';
        const type = kind === 'precision' ? '(AP)' : '(AR)';
        const threshold = (iou === undefined ? all : fixed(iou, 2)).padEnd(9);
        const most = String(cut === 'exactly 100' ? 100 : maxDetections[cut]).padStart(3);
        return ` ${title} ${type} @[ IoU=${threshold} | area=${area.padStart(6)} | maxDets=${most} ] = ${fixed(stats[i], 3)}`;
      })
      .join('\n');
  },
);
