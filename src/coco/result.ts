/** Everything an evaluation yields. Tables are flat in C order; -1 stands where a class has no object that counts. */
export interface CocoResult {
  /** The 12 COCO numbers: AP, AP50, AP75, AP small/medium/large, AR at the three cuts, AR small/medium/large. */
  readonly stats: Float64Array;
  /** The evaluated classes, ascending; empty if classes were not told apart (the tables then have one entry for all). */
  readonly categoryIds: readonly number[];
  /** Sizes of the tables: [thresholds, classes, ranges, cuts]. */
  readonly shape: readonly [number, number, number, number];
  /** Highest recall reached: [thresholds, classes, ranges, cuts]. */
  readonly recall: Float64Array;
  /** Precision, averaged over the recall points: [thresholds, classes, ranges, cuts]. */
  readonly apTable: Float64Array;
  /** AP of each class: mean over the thresholds at the first range and the last cut. */
  readonly perClassAp: Float64Array;
  /** AR of each class: mean over the thresholds at the first range and the last cut. */
  readonly perClassAr: Float64Array;
  /** Recall points of the curves. */
  readonly recallThresholds: Float64Array;
  /** Overlap thresholds, the first axis of the tables. */
  readonly iouThresholds: Float64Array;
  /** The precision-recall curves, if they were asked for. */
  readonly curves: CocoCurves | undefined;
  /** Which object every detection took, if `evaluate` was asked for it. */
  readonly matches?: CocoMatches;
}

/** The decisions for the first range and the largest cut, [thresholds, detections]. */
export interface CocoMatches {
  /** Size of both axes: thresholds and detections. */
  readonly shape: readonly [number, number];
  /** Row of the object taken, -1 for none, -2 for a detection that was not looked at. */
  readonly truthRows: Int32Array;
  /** 1 for a detection that is left out of the count. */
  readonly ignored: Uint8Array;
}

/** Precision-recall curves, [thresholds, recall points, classes, ranges, cuts] in C order. */
export interface CocoCurves {
  /** Size of the five axes: thresholds, recall points, classes, ranges and cuts. */
  readonly shape: readonly [number, number, number, number, number];
  /** The best precision at this recall or beyond; 0 if the recall is not reached. */
  readonly precision: Float64Array;
  /** Score of the detection with which the recall is reached. */
  readonly scores: Float64Array;
}
