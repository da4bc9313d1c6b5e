/** Everything that draws pictures: a separate part of the library, loaded with the first picture. */
export { drawBoundingBoxes } from './draw-bounding-boxes.ts';
export { plotBoundingBoxGallery, plotImageGallery } from './gallery.ts';
export { plotConfusionMatrix } from './plot-confusion-matrix.ts';
export { plotHistory } from './plot-history.ts';
export { plotLines } from './plot-lines.ts';
export { plotActivationMaps, plotFilterPatterns, plotGradCam } from './plot-maps.ts';
export { plotModel } from './plot-model.ts';
export { plotPrecisionRecall } from './plot-precision-recall.ts';
export { drawSegmentationMasks, plotSegmentationMaskGallery } from './segmentation-masks.ts';
