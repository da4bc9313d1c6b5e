export type { BoundingBoxes, ClassMapping, Color } from './bounding-boxes.ts';
export { type DrawBoundingBoxesOptions, drawBoundingBoxes } from './draw-bounding-boxes.ts';
export {
  type BoundingBoxGalleryOptions,
  type GalleryOptions,
  type ImageGalleryOptions,
  plotBoundingBoxGallery,
  plotImageGallery,
} from './gallery.ts';
export { type ModelEdge, type ModelGraph, type ModelGraphOptions, type ModelNode, modelGraph } from './model-graph.ts';
export { type PlotPrecisionRecallOptions, plotPrecisionRecall } from './plot-precision-recall.ts';
export { type PrecisionRecallPlotOptions, precisionRecallPlot } from './precision-recall.ts';
