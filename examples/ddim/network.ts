import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';

const embeddingDims = 32;
const [embeddingMinFrequency, embeddingMaxFrequency] = [1, 1000];

/** Waves of many lengths, whose heights tell how strong the noise is: `[n, 1, 1, 1]` -> `[n, 1, 1, 32]`. */
function sinusoidalEmbedding(x: keras.Tensor): keras.Tensor {
  const frequencies = ops.exp(
    ops.linspace(Math.log(embeddingMinFrequency), Math.log(embeddingMaxFrequency), { num: embeddingDims / 2 }),
  );
  const angularSpeeds = frequencies.mul(2 * Math.PI);
  const angles = x.mul(angularSpeeds);
  return ops.concatenate([ops.sin(angles), ops.cos(angles)], { axis: 3 });
}

type Block = (x: keras.KerasTensor) => keras.KerasTensor;

const residualBlock =
  (width: number): Block =>
  (x) => {
    const residual = x.shape[3] === width ? x : new layers.Conv2D({ filters: width, kernelSize: 1 })(x);
    x = new layers.BatchNormalization({ center: false, scale: false })(x);
    x = new layers.Conv2D({ filters: width, kernelSize: 3, padding: 'same', activation: 'swish' })(x);
    x = new layers.Conv2D({ filters: width, kernelSize: 3, padding: 'same' })(x);
    return new layers.Add()([x, residual]);
  };

/** Halves the picture; what each residual block gave is kept for the way up. */
const downBlock =
  (width: number, blockDepth: number) =>
  (x: keras.KerasTensor, skips: keras.KerasTensor[]): keras.KerasTensor => {
    for (let k = 0; k < blockDepth; k++) {
      x = residualBlock(width)(x);
      skips.push(x);
    }
    return new layers.AveragePooling2D({ poolSize: 2 })(x);
  };
const upBlock =
  (width: number, blockDepth: number) =>
  (x: keras.KerasTensor, skips: keras.KerasTensor[]): keras.KerasTensor => {
    x = new layers.UpSampling2D({ size: 2, interpolation: 'bilinear' })(x);
    for (let k = 0; k < blockDepth; k++) {
      x = new layers.Concatenate()([x, skips.pop()!]);
      x = residualBlock(width)(x);
    }
    return x;
  };

interface NetworkOptions {
  imageSize: number;
  /** Channels at each size of the picture, from the largest on. */
  widths: readonly number[];
  /** Residual blocks at each size. */
  blockDepth: number;
}

/** A residual U-Net: from noisy images and the variance of the noise to the noise. */
export function getNetwork({ imageSize, widths, blockDepth }: NetworkOptions): keras.Model {
  const noisyImages = keras.Input({ shape: [imageSize, imageSize, 1] });
  const noiseVariances = keras.Input({ shape: [1, 1, 1] });

  let e = new layers.Lambda({ function: sinusoidalEmbedding })(noiseVariances);
  e = new layers.UpSampling2D({ size: imageSize, interpolation: 'nearest' })(e);
  let x = new layers.Conv2D({ filters: widths[0]!, kernelSize: 1 })(noisyImages);
  x = new layers.Concatenate()([x, e]);

  const skips: keras.KerasTensor[] = [];
  for (const width of widths.slice(0, -1)) x = downBlock(width, blockDepth)(x, skips);
  for (let k = 0; k < blockDepth; k++) x = residualBlock(widths.at(-1)!)(x);
  for (const width of widths.slice(0, -1).toReversed()) x = upBlock(width, blockDepth)(x, skips);

  x = new layers.Conv2D({ filters: 1, kernelSize: 1, kernelInitializer: 'zeros' })(x);
  return new keras.Model({ inputs: [noisyImages, noiseVariances], outputs: x, name: 'residual_unet' });
}
