export type { BoundingBoxes, ClassMapping, Color } from '../visualize/bounding-boxes.ts';
export type { DrawBoundingBoxesOptions } from '../visualize/draw-bounding-boxes.ts';
export type { BoundingBoxGalleryOptions, GalleryOptions, ImageGalleryOptions } from '../visualize/gallery.ts';
export {
  drawBoundingBoxes,
  drawSegmentationMasks,
  plotActivationMaps,
  plotBoundingBoxGallery,
  plotFilterPatterns,
  plotGradCam,
  plotImageGallery,
  plotPrecisionRecall,
  plotSegmentationMaskGallery,
} from '../visualize/pictures.ts';
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
