import * as keras from 'hornbeam';
import { layers } from 'hornbeam';

/** Two times convolution, batch normalisation, ReLU. */
function doubleConv(x: keras.Tensor, filters: number): keras.Tensor {
  let y = x;
  for (let k = 0; k < 2; k++) {
    y = new layers.Conv2D({ filters, kernelSize: 3, padding: 'same', useBias: false })(y);
    y = new layers.ReLU()(new layers.BatchNormalization({ momentum: 0.9 })(y));
  }
  return y;
}

export interface UNetOptions {
  /** Side of the images, which 2^(number of steps) divides. */
  readonly size: number;
  readonly channels?: number;
  readonly classes: number;
  /** Channels before each step down, and below the last. */
  readonly filters?: readonly number[];
}

/**
 * U-Net (https://arxiv.org/abs/1505.04597) with padding, so that the map is as large as the image: steps down, steps up, and beside each
 * step up what was seen at its size on the way down. Logits `[batch, size, size, classes]`.
 */
export function makeUNet({
  size,
  channels = 3,
  classes,
  filters = [64, 128, 256, 512, 1024],
}: UNetOptions): keras.Model {
  const inputs = keras.Input({ shape: [size, size, channels], name: 'image' });
  let x: keras.Tensor = inputs;
  const seen: keras.Tensor[] = [];
  for (const count of filters.slice(0, -1)) {
    const map = doubleConv(x, count);
    seen.push(map);
    x = new layers.MaxPooling2D()(map);
  }
  x = doubleConv(x, filters.at(-1)!);
  for (const map of seen.reverse()) {
    const count = map.shape.at(-1)!;
    const up = new layers.Conv2DTranspose({ filters: count, kernelSize: 2, strides: 2 })(x);
    x = doubleConv(new layers.Concatenate()([map, up]), count);
  }
  const outputs = new layers.Conv2D({ filters: classes, kernelSize: 1, name: 'logits' })(x);
  return new keras.Model({ inputs, outputs, name: 'u_net' });
}
