import * as keras from 'hornbeam';
import { layers } from 'hornbeam';
import { ResidualBlock } from './residual-block.ts';

export const classes = 10;
/** One cell of the grid covers so many pixels. */
export const stride = 4;
/** Side of the anchor that stands in each cell. */
const anchorSide = 18;
/** Per cell: objectness, four box deltas, a score for each class. */
export const channels = 1 + 4 + classes;

const convBnMish = (x: keras.Tensor, filters: number, { kernelSize = 3, strides = 1 } = {}): keras.Tensor => {
  const y = new layers.Conv2D({ filters, kernelSize, strides, padding: 'same', useBias: false })(x);
  return new layers.Activation({ activation: 'mish' })(new layers.BatchNormalization({ momentum: 0.9 })(y));
};

/** A small one-stage detector: for each cell of a grid, whether a digit is centred there, which, and its box. */
export function makeDetector(size: number): keras.Model {
  const inputs = keras.Input({ shape: [size, size, 1], name: 'image' });
  let x = convBnMish(inputs, 16, { strides: 2 });
  x = convBnMish(x, 32, { strides: 2 });
  const fine = new ResidualBlock({ filters: 32 })(x);
  x = convBnMish(fine, 64, { strides: 2 });
  x = new ResidualBlock({ filters: 64 })(x);
  x = new ResidualBlock({ filters: 64 })(x);
  x = new layers.UpSampling2D({ size: 2 })(convBnMish(x, 32, { kernelSize: 1 }));
  x = new layers.Concatenate()([fine, x]);
  x = convBnMish(x, 64, { kernelSize: 1 });
  x = convBnMish(x, 48);
  const cells = (size / stride) ** 2;
  const heads = new layers.Conv2D({ filters: channels, kernelSize: 1, name: 'heads' })(x);
  const outputs = new layers.Reshape({ targetShape: [cells, channels], name: 'predictions' })(heads);
  return new keras.Model({ inputs, outputs, name: 'digit_detector' });
}

/** `[cells, 4]`: the anchor of each cell as x1, y1, x2, y2 in pixels. */
export function anchors(size: number): number[][] {
  const side = size / stride;
  return Array.from({ length: side * side }, (_, cell) => {
    const [cx, cy] = [((cell % side) + 0.5) * stride, (Math.floor(cell / side) + 0.5) * stride];
    return [cx - anchorSide / 2, cy - anchorSide / 2, cx + anchorSide / 2, cy + anchorSide / 2];
  });
}
