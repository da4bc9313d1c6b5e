import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

function convBnRelu(x: keras.Tensor, filters: number, { kernelSize = 3, dilationRate = 1 } = {}): keras.Tensor {
  const conv = new layers.Conv2D({ filters, kernelSize, dilationRate, padding: 'same', useBias: false });
  return new layers.ReLU()(new layers.BatchNormalization({ momentum: 0.9 })(conv(x)));
}
type Sides = readonly [height: number, width: number];
const sidesOf = (x: keras.Tensor): Sides => [x.shape[1]!, x.shape[2]!];
/** A map enlarged. */
const enlarged = (x: keras.Tensor, [height, width]: Sides): keras.Tensor =>
  new layers.Resizing({ height, width, interpolation: 'bilinear' })(x);

/**
 * Atrous spatial pyramid pooling (https://arxiv.org/abs/1706.05587): convolutions whose windows reach differently far, and the mean of the
 * whole map, side by side.
 */
export function atrousPyramid(x: keras.Tensor, filters: number, rates: readonly number[]): keras.Tensor {
  const mean = convBnRelu(new layers.GlobalAveragePooling2D({ keepdims: true })(x), filters, { kernelSize: 1 });
  const all = [
    convBnRelu(x, filters, { kernelSize: 1 }),
    ...rates.map((dilationRate) => convBnRelu(x, filters, { dilationRate })),
    enlarged(mean, sidesOf(x)),
  ];
  return convBnRelu(new layers.Concatenate()(all), filters, { kernelSize: 1 });
}

export interface DeepLabOptions {
  readonly classes: number;
  /** The layer of the backbone that gives coarse features, and the one that gives fine ones. */
  readonly high: string;
  readonly low: string;
  readonly filters?: number;
  /** Channels that the fine features are brought to. */
  readonly lowFilters?: number;
  readonly rates?: readonly number[];
}

/**
 * DeepLabV3+ (https://arxiv.org/abs/1802.02611) on any model of images: an atrous pyramid on its coarse features, joined with fine ones,
 * enlarged to the image. Logits `[batch, height, width, classes]`.
 */
export function makeDeepLab(backbone: keras.Model, options: DeepLabOptions): keras.Model {
  const { classes, high, low, filters = 256, lowFilters = 48, rates = [6, 12, 18] } = options;
  const fine = convBnRelu(backbone.getLayer(low).output as keras.Tensor, lowFilters, { kernelSize: 1 });
  const coarse = atrousPyramid(backbone.getLayer(high).output as keras.Tensor, filters, rates);
  let x: keras.Tensor = new layers.Concatenate()([fine, enlarged(coarse, sidesOf(fine))]);
  for (let k = 0; k < 2; k++) x = convBnRelu(x, filters);
  const logits = new layers.Conv2D({ filters: classes, kernelSize: 1, name: 'logits' })(x);
  const outputs = enlarged(logits, sidesOf(backbone.inputs![0]!));
  return new keras.Model({ inputs: backbone.inputs!, outputs, name: 'deep_lab' });
}
