/** Run-length masks as in COCO files: what `pycocotools.mask` does. */
export { decode, encode } from './bitmap.ts';
export { iou } from './mask-overlap.ts';
export { area, toBbox } from './measure.ts';
export { type MergeOptions, merge } from './merge.ts';
export { fromBoxes, fromPolygons } from './polygon.ts';
export { fromCounts, type MaskLike, type Rle } from './run-lengths.ts';
