/** Overlap of a detection (row) with an object (row): intersection over union, or over the detection's area for a crowd. */
export type Overlap = (detection: number, truth: number, isCrowd: boolean) => number;

/**
 * Overlap of boxes x, y, w, h: `i / (a_d + a_g - i)`, for a crowd `i / a_d`. Boxes that do not meet give 0;
 * nothing is clipped, rounded or padded with an epsilon.
 */
export const boxOverlap =
  (detections: Float64Array, truths: Float64Array): Overlap =>
  (detection, truth, isCrowd) => {
    const d = 4 * detection;
    const g = 4 * truth;
    const width =
      Math.min(detections[d] + detections[d + 2], truths[g] + truths[g + 2]) - Math.max(detections[d], truths[g]);
    if (!(width > 0)) return 0;
    const height =
      Math.min(detections[d + 1] + detections[d + 3], truths[g + 1] + truths[g + 3]) -
      Math.max(detections[d + 1], truths[g + 1]);
    if (!(height > 0)) return 0;
    const shared = width * height;
    const area = detections[d + 2] * detections[d + 3];
    return shared / (isCrowd ? area : area + truths[g + 2] * truths[g + 3] - shared);
  };
