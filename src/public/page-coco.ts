/** What `keras.coco` is in pages: what metrics stand on. Files of COCO's, and masks by themselves, are the business of the tools beside the core. */
export { CocoAccumulator } from '../coco/accumulator.ts';
export { readDetectionBatch } from '../coco/batch.ts';
export { boxFormats, fromXywh, toXywh } from '../coco/box-format.ts';
export { statNames, summaryTable } from '../coco/summary.ts';
