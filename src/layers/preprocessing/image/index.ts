export { AugMix } from './aug-mix.ts';
export { AutoContrast } from './auto-contrast.ts';
export {
  BaseImagePreprocessingLayer,
  type ImageLayerOptions,
  type TransformationOptions,
  type TransformOptions,
} from './base-image-preprocessing-layer.ts';
export { CenterCrop } from './center-crop.ts';
export { ContrastLimitedAdaptiveHistogramEqualization } from './contrast-limited-adaptive-histogram-equalization.ts';
export { CutMix } from './cut-mix.ts';
export { Equalization } from './equalization.ts';
export type { Augmented, BoundingBoxes, ImageData } from './image-data.ts';
export { MaxNumBoundingBoxes } from './max-num-bounding-boxes.ts';
export { MixUp } from './mix-up.ts';
export { Pipeline } from './pipeline.ts';
export { RandAugment } from './rand-augment.ts';
export { RandomBrightness } from './random-brightness.ts';
export { RandomColorDegeneration } from './random-color-degeneration.ts';
export { RandomColorJitter } from './random-color-jitter.ts';
export { RandomContrast } from './random-contrast.ts';
export { RandomCrop } from './random-crop.ts';
export { RandomElasticTransform } from './random-elastic-transform.ts';
export { RandomErasing } from './random-erasing.ts';
export { RandomFlip } from './random-flip.ts';
export { RandomGaussianBlur } from './random-gaussian-blur.ts';
export { RandomGrayscale } from './random-grayscale.ts';
export { RandomHue } from './random-hue.ts';
export { RandomInvert } from './random-invert.ts';
export { RandomPerspective } from './random-perspective.ts';
export { RandomPosterization } from './random-posterization.ts';
export { RandomRotation } from './random-rotation.ts';
export { RandomSaturation } from './random-saturation.ts';
export { RandomSharpness } from './random-sharpness.ts';
export { RandomShear } from './random-shear.ts';
export { RandomTranslation } from './random-translation.ts';
export { RandomZoom } from './random-zoom.ts';
export { Resizing } from './resizing.ts';
export { Solarization } from './solarization.ts';
