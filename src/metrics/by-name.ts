/** What files name and pages seldom use: it brings all of COCO's evaluation along. */
export { MeanAveragePrecision } from './mean-average-precision.ts';
