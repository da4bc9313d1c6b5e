export type { BoundingBoxes, ClassMapping, Color } from './bounding-boxes.ts';
export type { DrawBoundingBoxesOptions } from './draw-bounding-boxes.ts';
export type { BoundingBoxGalleryOptions, GalleryOptions, ImageGalleryOptions } from './gallery.ts';
export { type ModelEdge, type ModelGraph, type ModelGraphOptions, type ModelNode, modelGraph } from './model-graph.ts';
export { drawBoundingBoxes, plotBoundingBoxGallery, plotImageGallery, plotPrecisionRecall } from './pictures.ts';
export type { PlotPrecisionRecallOptions } from './plot-precision-recall.ts';
export { type PrecisionRecallPlotOptions, precisionRecallPlot } from './precision-recall.ts';
