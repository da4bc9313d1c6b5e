import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';

/** What overlaps are measured on: boxes, or masks. */
export type IouType = 'bbox' | 'segm';

/** The rules of an evaluation; every option has COCO's default. */
export interface CocoOptions {
  /** `'bbox'` (default) compares boxes, `'segm'` masks. */
  readonly iouType?: IouType;
  /** Overlaps from which a detection counts as found. Default: 0.50, 0.55, ... 0.95. */
  readonly iouThresholds?: ArrayLike<number>;
  /** Recall points, ascending, at which precision is read. Default: 0.00, 0.01, ... 1.00. */
  readonly recallThresholds?: ArrayLike<number>;
  /** Three or more cuts: how many detections an image and class may have. Default: [1, 10, 100]. Sorted before use. */
  readonly maxDetections?: ArrayLike<number>;
  /** Named ranges of object area in square pixels, both ends included. Default: all, small, medium, large. */
  readonly areaRanges?: Readonly<Record<string, readonly [number, number]>>;
  /** The classes to evaluate; rows of others are dropped. Default: those seen. */
  readonly categoryIds?: ArrayLike<number>;
  /** `false` treats all classes as one. Default: true. */
  readonly useCategories?: boolean;
}
export const cocoOptions: OptionNames<CocoOptions> = {
  iouType: true,
  iouThresholds: true,
  recallThresholds: true,
  maxDetections: true,
  areaRanges: true,
  categoryIds: true,
  useCategories: true,
};

/** The rules with every default filled in and checked. */
export interface CocoParameters {
  /** Whether overlaps are measured on boxes (`bbox`) or masks (`segm`). */
  readonly iouType: IouType;
  /** Overlaps from which a detection counts as found; an axis of the results. */
  readonly iouThresholds: Float64Array;
  /** Recalls, ascending, at which precision is read. */
  readonly recallThresholds: Float64Array;
  /** How many detections of an image and class count, ascending: one cut each. */
  readonly maxDetections: readonly number[];
  /** Names of the ranges of object area: `all`, `small`, … */
  readonly areaLabels: readonly string[];
  /** Smallest area of each range, in square pixels. */
  readonly areaLows: Float64Array;
  /** Largest area of each range, in square pixels. */
  readonly areaHighs: Float64Array;
  /** In the order given; undefined: the classes seen. */
  readonly categoryIds: readonly number[] | undefined;
  /** Whether classes are evaluated apart; false treats all as one. */
  readonly useCategories: boolean;
}

const who = 'COCO evaluation';

// The reference spaces its thresholds with numpy.linspace: `start + i * step`, not `i / 100`, which differs in the last bit.
const linspace = (start: number, stop: number, count: number): Float64Array => {
  const step = (stop - start) / (count - 1);
  return Float64Array.from({ length: count }, (_, i) => (i === count - 1 ? stop : start + i * step));
};

const defaultAreaRanges = {
  all: [0, 1e10],
  small: [0, 32 ** 2],
  medium: [32 ** 2, 96 ** 2],
  large: [96 ** 2, 1e10],
} as const;

function numbers(name: string, values: ArrayLike<number>, least: number): Float64Array {
  const list = Float64Array.from(values);
  if (list.length < least || !list.every(Number.isFinite)) {
    fail(
      who,
      `${name} must be a list of at least ${least} number(s), got [${list.join(', ')}]`,
      `leave ${name} out for COCO's values`,
    );
  }
  return list;
}

/** Fills in COCO's defaults and refuses rules that make no sense. */
export function cocoParameters(options: CocoOptions = {}): CocoParameters {
  optionsOf('coco', cocoOptions, options);
  const { iouType = 'bbox', areaRanges = defaultAreaRanges, useCategories = true, categoryIds } = options;
  if (iouType !== 'bbox' && iouType !== 'segm')
    fail(who, `unknown iouType '${String(iouType)}'`, `use 'bbox' or 'segm'`);
  const iouThresholds = options.iouThresholds
    ? numbers('iouThresholds', options.iouThresholds, 1)
    : linspace(0.5, 0.95, 10);
  const recallThresholds = options.recallThresholds
    ? numbers('recallThresholds', options.recallThresholds, 1)
    : linspace(0, 1, 101);
  const maxDetections = [...numbers('maxDetections', options.maxDetections ?? [1, 10, 100], 3)].sort((a, b) => a - b);
  if (maxDetections.some((cut) => cut < 1 || !Number.isInteger(cut))) {
    fail(who, `maxDetections must be positive integers, got [${maxDetections.join(', ')}]`, 'for example [1, 10, 100]');
  }
  const ranges = Object.entries(areaRanges);
  for (const [label, range] of ranges) {
    if (range.length !== 2 || !(range[0] <= range[1])) {
      fail(
        who,
        `area range '${label}' must be [low, high], got [${range.join(', ')}]`,
        `for example { all: [0, 1e10] }`,
      );
    }
  }
  if (ranges.length === 0) fail(who, 'areaRanges is empty', 'name at least one range: { all: [0, 1e10] }');
  return {
    iouType,
    iouThresholds,
    recallThresholds,
    maxDetections,
    areaLabels: ranges.map(([label]) => label),
    areaLows: Float64Array.from(ranges, ([, range]) => range[0]),
    areaHighs: Float64Array.from(ranges, ([, range]) => range[1]),
    categoryIds: categoryIds && Array.from(categoryIds),
    useCategories,
  };
}
