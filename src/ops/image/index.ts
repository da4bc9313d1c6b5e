export { hsvToRgb, rgbToGrayscale, rgbToHsv } from './color.ts';
export { elasticTransform } from './elastic.ts';
export { extractPatches, extractPatches3d, gaussianBlur, sobelEdges, ssim } from './filters.ts';
export { cropImages, padImages } from './frame.ts';
export { type ResizeOptions, resize, scaleAndTranslate } from './resize.ts';
export { mapCoordinates } from './sample.ts';
export { affineTransform, perspectiveTransform } from './transform.ts';
