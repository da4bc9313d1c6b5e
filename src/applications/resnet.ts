import { resnet } from './residual-network.ts';

export { decodePredictions } from './decode-predictions.ts';
export { caffe as preprocessInput } from './preprocess-input.ts';

/**
 * ResNet with 50 layers (https://arxiv.org/abs/1512.03385). Its images go through `applications.resnet.preprocessInput`.
 * @example keras.applications.ResNet50({ weights: null, inputShape: [32, 32, 3], classes: 10 }).countParams()
 */
export const ResNet50 = resnet(
  'ResNet50',
  [3, 4, 6, 3],
  ['2cb95161c43110f7111970584f804107', '4d473c1dd8becc155b73f8504c6f6626'],
);
/** The same with 101 layers. */
export const ResNet101 = resnet(
  'ResNet101',
  [3, 4, 23, 3],
  ['f1aeb4b969a6efcfb50fad2f0c20cfc5', '88cf7a10940856eca736dc7b7e228a21'],
);
/** The same with 152 layers. */
export const ResNet152 = resnet(
  'ResNet152',
  [3, 8, 36, 3],
  ['100835be76be38e30d865e96f2aaae62', 'ee4c566cf9a93f14d82f913c2dc6dd0c'],
);
