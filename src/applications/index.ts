export type { Application, ApplicationOptions } from './application.ts';
export * as convnext from './convnext.ts';
export {
  ConvNeXtBase,
  ConvNeXtLarge,
  type ConvNeXtOptions,
  ConvNeXtSmall,
  ConvNeXtTiny,
  ConvNeXtXLarge,
} from './convnext.ts';
export type { DecodedPrediction, DecodePredictionsOptions } from './decode-predictions.ts';
export * as densenet from './densenet.ts';
export { DenseNet121, DenseNet169, DenseNet201 } from './densenet.ts';
export * as efficientnet from './efficientnet.ts';
export {
  EfficientNetB0,
  EfficientNetB1,
  EfficientNetB2,
  EfficientNetB3,
  EfficientNetB4,
  EfficientNetB5,
  EfficientNetB6,
  EfficientNetB7,
} from './efficientnet.ts';
export * as efficientnetV2 from './efficientnet-v2.ts';
export {
  EfficientNetV2B0,
  EfficientNetV2B1,
  EfficientNetV2B2,
  EfficientNetV2B3,
  EfficientNetV2L,
  EfficientNetV2M,
  type EfficientNetV2Options,
  EfficientNetV2S,
} from './efficientnet-v2.ts';
export { type FeaturePyramidOptions, featurePyramid } from './feature-pyramid.ts';
export * as imagenetUtils from './imagenet-utils.ts';
export * as inceptionResnetV2 from './inception-resnet-v2.ts';
export { InceptionResNetV2 } from './inception-resnet-v2.ts';
export * as inceptionV3 from './inception-v3.ts';
export { InceptionV3 } from './inception-v3.ts';
export * as mobilenet from './mobilenet.ts';
export { MobileNet, type MobileNetOptions } from './mobilenet.ts';
export * as mobilenetV2 from './mobilenet-v2.ts';
export { MobileNetV2, type MobileNetV2Options } from './mobilenet-v2.ts';
export * as mobilenetV3 from './mobilenet-v3.ts';
export { MobileNetV3Large, type MobileNetV3Options, MobileNetV3Small } from './mobilenet-v3.ts';
export * as nasnet from './nasnet.ts';
export { NASNetLarge, NASNetMobile } from './nasnet.ts';
export type { ImagenetPreprocessInputOptions, PreprocessInput, PreprocessInputOptions } from './preprocess-input.ts';
export * as resnet from './resnet.ts';
export { ResNet50, ResNet101, ResNet152 } from './resnet.ts';
export * as resnetV2 from './resnet-v2.ts';
export { ResNet50V2, ResNet101V2, ResNet152V2 } from './resnet-v2.ts';
export * as resnet50 from './resnet50.ts';
export { VGG16, VGG19 } from './vgg.ts';
export * as vgg16 from './vgg16.ts';
export * as vgg19 from './vgg19.ts';
export * as xception from './xception.ts';
export { Xception } from './xception.ts';
