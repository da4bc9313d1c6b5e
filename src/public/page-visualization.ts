export type { BoundingBoxes, ClassMapping, Color } from '../visualize/bounding-boxes.ts';
export type { DrawBoundingBoxesOptions } from '../visualize/draw-bounding-boxes.ts';
export type { BoundingBoxGalleryOptions, GalleryOptions, ImageGalleryOptions } from '../visualize/gallery.ts';
export {
  drawBoundingBoxes,
  drawSegmentationMasks,
  plotActivationMaps,
  plotBoundingBoxGallery,
  plotConfusionMatrix,
  plotFilterPatterns,
  plotGradCam,
  plotHistory,
  plotImageGallery,
  plotLines,
  plotPrecisionRecall,
  plotSegmentationMaskGallery,
} from '../visualize/pictures.ts';
export type { PlotConfusionMatrixOptions, TruthAndPrediction } from '../visualize/plot-confusion-matrix.ts';
export type { EpochLogs, PlotHistoryOptions, Run } from '../visualize/plot-history.ts';
export type { Line, Numbers, PlotLinesOptions } from '../visualize/plot-lines.ts';
export type {
  PlotActivationMapsOptions,
  PlotFilterPatternsOptions,
  PlotGradCamOptions,
} from '../visualize/plot-maps.ts';
export type { PlotPrecisionRecallOptions } from '../visualize/plot-precision-recall.ts';
export type {
  ColorMapping,
  DrawSegmentationMasksOptions,
  SegmentationMaskGalleryOptions,
} from '../visualize/segmentation-masks.ts';
