import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import type { KID } from './kid.ts';

const [minSignalRate, maxSignalRate] = [0.02, 0.95];

interface DiffusionModelOptions extends keras.LayerOptions {
  /** From noisy images and the variance of the noise to the noise. */
  network: keras.Model;
  imageSize: number;
  /** Share of the old value in each step of the moving averages. */
  ema?: number;
  /** Steps from noise to image where only the distance of the images is measured. */
  kidDiffusionSteps?: number;
  kid: KID;
}

/** A denoising diffusion implicit model: it learns to separate noise from images, and so turns noise into images step by step. */
export class DiffusionModel extends keras.Model {
  static override readonly className = 'DiffusionModel';
  readonly normalizer = new layers.Normalization();
  readonly network: keras.Model;
  /** The same network with moving averages of the weights: it makes better images. */
  readonly emaNetwork: keras.Model;
  readonly imageSize: number;
  readonly ema: number;
  readonly kidDiffusionSteps: number;
  readonly seedGenerator = new keras.SeedGenerator({ seed: 1337 });
  readonly noiseLossTracker = new keras.metrics.Mean({ name: 'n_loss' });
  readonly imageLossTracker = new keras.metrics.Mean({ name: 'i_loss' });
  readonly kid: KID;

  constructor({ network, imageSize, kid, ema = 0.99, kidDiffusionSteps = 5, ...options }: DiffusionModelOptions) {
    super(options);
    this.network = network;
    this.emaNetwork = keras.models.cloneModel(network);
    this.imageSize = imageSize;
    this.kid = kid;
    this.ema = ema;
    this.kidDiffusionSteps = kidDiffusionSteps;
  }
  override get metrics() {
    return [this.noiseLossTracker, this.imageLossTracker, this.kid];
  }

  /** Images from 0 to 1 again. */
  denormalize(images: keras.Tensor): keras.Tensor {
    return ops.clip(images.mul(ops.sqrt(this.normalizer.variance)).add(this.normalizer.mean), 0, 1);
  }

  /** How much noise and how much of the image there is at a time from 0 to 1: two sides of a right triangle. */
  diffusionSchedule(diffusionTimes: keras.Tensor): [noiseRates: keras.Tensor, signalRates: keras.Tensor] {
    const [startAngle, endAngle] = [Math.acos(maxSignalRate), Math.acos(minSignalRate)];
    const diffusionAngles = diffusionTimes.mul(endAngle - startAngle).add(startAngle);
    return [ops.sin(diffusionAngles), ops.cos(diffusionAngles)];
  }

  /** The noise in noisy images, and the images without it. */
  denoise(
    noisyImages: keras.Tensor,
    [noiseRates, signalRates]: readonly [noiseRates: keras.Tensor, signalRates: keras.Tensor],
    { training = false } = {},
  ): [predNoises: keras.Tensor, predImages: keras.Tensor] {
    const network = training ? this.network : this.emaNetwork;
    const predNoises = network([noisyImages, ops.square(noiseRates)], { training });
    const predImages = noisyImages.sub(noiseRates.mul(predNoises)).div(signalRates);
    return [predNoises, predImages];
  }

  /** From noise to images; `onStep` receives the estimated images at each step. */
  reverseDiffusion(
    initialNoise: keras.Tensor,
    diffusionSteps: number,
    onStep?: (predImages: keras.Tensor, step: number) => void,
  ): keras.Tensor {
    const stepSize = 1 / diffusionSteps;
    let noisyImages = initialNoise;
    let images = initialNoise;
    for (let step = 0; step < diffusionSteps; step++) {
      const diffusionTimes = ops.full([initialNoise.shape[0]!, 1, 1, 1], 1 - step * stepSize);
      const [predNoises, predImages] = this.denoise(noisyImages, this.diffusionSchedule(diffusionTimes));
      const [nextNoiseRates, nextSignalRates] = this.diffusionSchedule(diffusionTimes.sub(stepSize));
      noisyImages = nextSignalRates.mul(predImages).add(nextNoiseRates.mul(predNoises));
      images = predImages;
      onStep?.(predImages, step);
    }
    return images;
  }
  generate(numImages: number, diffusionSteps: number): keras.Tensor {
    const { imageSize } = this;
    const initialNoise = keras.random.normal([numImages, imageSize, imageSize, 1], { seed: this.seedGenerator });
    return this.denormalize(this.reverseDiffusion(initialNoise, diffusionSteps));
  }

  /** Images with noise of some strength, and what they are made of. */
  private mix(images: keras.Tensor, size: number) {
    const seed = this.seedGenerator;
    const noises = keras.random.normal(images.shape, { seed });
    const rates = this.diffusionSchedule(keras.random.uniform([size, 1, 1, 1], { seed }));
    const [noiseRates, signalRates] = rates;
    return { noises, rates, noisyImages: signalRates.mul(images).add(noiseRates.mul(noises)) };
  }

  override trainStep({ x, size }: keras.Batch): keras.StepLogs {
    const images = this.normalizer(x);
    const { noises, rates, noisyImages } = this.mix(images, size);
    const { value, aux, gradients } = keras.gradients(() => {
      const [predNoises, predImages] = this.denoise(noisyImages, rates, { training: true });
      return [this.computeLoss({ y: noises, yPred: predNoises }), predImages];
    }, this.network.trainableWeights);
    this.optimizer!.apply(gradients, this.network.trainableWeights);
    this.noiseLossTracker.updateState(value);
    this.imageLossTracker.updateState(this.computeLoss({ y: images, yPred: aux }));

    this.network.weights.forEach((weight, k) => {
      const emaWeight = this.emaNetwork.weights[k]!;
      emaWeight.assign(emaWeight.value.mul(this.ema).add(weight.value.mul(1 - this.ema)));
    });
    // Computing the distance takes as long as several steps: it is measured in validation only.
    return { n_loss: this.noiseLossTracker.result(), i_loss: this.imageLossTracker.result() };
  }

  override testStep({ x, size }: keras.Batch): keras.StepLogs {
    const images = this.normalizer(x);
    const { noises, rates, noisyImages } = this.mix(images, size);
    const [predNoises, predImages] = this.denoise(noisyImages, rates);
    this.noiseLossTracker.updateState(this.computeLoss({ y: noises, yPred: predNoises }));
    this.imageLossTracker.updateState(this.computeLoss({ y: images, yPred: predImages }));
    this.kid.updateState(this.denormalize(images), this.generate(size, this.kidDiffusionSteps));
    return this.getMetricsResult();
  }
}
