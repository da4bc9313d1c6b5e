import { resnetV2 } from './residual-network.ts';

export { decodePredictions } from './decode-predictions.ts';
export { tf as preprocessInput } from './preprocess-input.ts';

/** ResNetV2 with 50 layers (https://arxiv.org/abs/1603.05027). Its images go through `applications.resnetV2.preprocessInput`. */
export const ResNet50V2 = resnetV2(
  'ResNet50V2',
  [3, 4, 6, 3],
  ['3ef43a0b657b3be2300d5770ece849e0', 'fac2f116257151a9d068a22e544a4917'],
);
/** The same with 101 layers. */
export const ResNet101V2 = resnetV2(
  'ResNet101V2',
  [3, 4, 23, 3],
  ['6343647c601c52e1368623803854d971', 'c0ed64b8031c3730f411d2eb4eea35b5'],
);
/** The same with 152 layers. */
export const ResNet152V2 = resnetV2(
  'ResNet152V2',
  [3, 8, 36, 3],
  ['a49b44d1979771252814e80f8ec446f9', 'ed17cf2e0169df9d443503ef94b23b33'],
);
