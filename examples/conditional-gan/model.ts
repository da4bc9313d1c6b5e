import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';

export const numClasses = 10;
const imageSize = 8;

/** From an image with its label, one more channel for each class, to how real it looks (a logit). */
export const makeDiscriminator = (): keras.Sequential =>
  new keras.Sequential(
    [
      keras.Input({ shape: [imageSize, imageSize, 1 + numClasses] }),
      new layers.Conv2D({ filters: 64, kernelSize: 3, strides: 2, padding: 'same' }),
      new layers.LeakyReLU({ negativeSlope: 0.2 }),
      new layers.Dropout({ rate: 0.3 }),
      new layers.Conv2D({ filters: 128, kernelSize: 3, strides: 2, padding: 'same' }),
      new layers.LeakyReLU({ negativeSlope: 0.2 }),
      new layers.Dropout({ rate: 0.3 }),
      new layers.Flatten(),
      new layers.Dense({ units: 1 }),
    ],
    { name: 'discriminator' },
  );

/** From noise with a one-hot label to an image. */
export const makeGenerator = (latentDim: number): keras.Sequential =>
  new keras.Sequential(
    [
      keras.Input({ shape: [latentDim + numClasses] }),
      new layers.Dense({ units: 4 * 4 * 64 }),
      new layers.LeakyReLU({ negativeSlope: 0.2 }),
      new layers.Reshape({ targetShape: [4, 4, 64] }),
      new layers.Conv2DTranspose({ filters: 64, kernelSize: 4, strides: 2, padding: 'same' }),
      new layers.LeakyReLU({ negativeSlope: 0.2 }),
      new layers.Conv2D({ filters: 1, kernelSize: 3, padding: 'same', activation: 'sigmoid' }),
    ],
    { name: 'generator' },
  );

interface ConditionalGANOptions extends keras.LayerOptions {
  discriminator: keras.Model;
  generator: keras.Model;
  latentDim: number;
}
interface ConditionalGANCompileOptions extends keras.CompileOptions {
  dOptimizer: keras.Optimizer;
  gOptimizer: keras.Optimizer;
  lossFn: keras.Loss;
}

/** Two networks against one another: one draws digits on demand, the other tells them from real ones. */
export class ConditionalGAN extends keras.Model {
  static override readonly className = 'ConditionalGAN';
  readonly discriminator: keras.Model;
  readonly generator: keras.Model;
  readonly latentDim: number;
  readonly seedGenerator = new keras.SeedGenerator({ seed: 1337 });
  readonly genLossTracker = new keras.metrics.Mean({ name: 'generator_loss' });
  readonly discLossTracker = new keras.metrics.Mean({ name: 'discriminator_loss' });
  dOptimizer!: keras.Optimizer;
  gOptimizer!: keras.Optimizer;
  lossFn!: keras.Loss;

  constructor({ discriminator, generator, latentDim, ...options }: ConditionalGANOptions) {
    super(options);
    this.discriminator = discriminator;
    this.generator = generator;
    this.latentDim = latentDim;
  }
  override get metrics() {
    return [this.genLossTracker, this.discLossTracker];
  }
  override compile({ dOptimizer, gOptimizer, lossFn, ...options }: ConditionalGANCompileOptions): void {
    super.compile(options);
    this.dOptimizer = dOptimizer;
    this.gOptimizer = gOptimizer;
    this.lossFn = lossFn;
  }

  override trainStep({ x: realImages, y: oneHotLabels, size }: keras.Batch): keras.StepLogs {
    const { generator, discriminator } = this;
    // For the discriminator, labels are images of ones and zeros.
    const labelImages = ops.broadcastTo(oneHotLabels.reshape([size, 1, 1, numClasses]), [
      size,
      imageSize,
      imageSize,
      numClasses,
    ]);
    const withLabels = (images: keras.Tensor) => ops.concatenate([images, labelImages], { axis: -1 });
    const noiseVectors = () => {
      const noise = keras.random.normal([size, this.latentDim], { seed: this.seedGenerator });
      return ops.concatenate([noise, oneHotLabels], { axis: 1 });
    };

    // Train the discriminator to call drawn images fake (1) and the others real (0), with some noise on the labels.
    const generatedImages = generator(noiseVectors());
    const combinedImages = ops.concatenate([withLabels(generatedImages), withLabels(realImages)], { axis: 0 });
    let labels = ops.concatenate([ops.ones([size, 1]), ops.zeros([size, 1])], { axis: 0 });
    labels = labels.add(keras.random.uniform([size * 2, 1], { seed: this.seedGenerator }).mul(0.05));
    const disc = keras.gradients(() => {
      const predictions = discriminator(combinedImages, { training: true });
      return this.lossFn(labels, predictions);
    }, discriminator.trainableWeights);
    this.dOptimizer.apply(disc.gradients, discriminator.trainableWeights);

    // Train the generator to draw what is called real; the discriminator's weights stay.
    const misleadingLabels = ops.zeros([size, 1]);
    const randomVectors = noiseVectors();
    const gen = keras.gradients(() => {
      const fakeImages = generator(randomVectors, { training: true });
      const predictions = discriminator(withLabels(fakeImages), { training: true });
      return this.lossFn(misleadingLabels, predictions);
    }, generator.trainableWeights);
    this.gOptimizer.apply(gen.gradients, generator.trainableWeights);

    this.genLossTracker.updateState(gen.value);
    this.discLossTracker.updateState(disc.value);
    return this.getMetricsResult();
  }

  /** Draws an image for each label. */
  async draw(labels: keras.Like): Promise<keras.Tensor> {
    const oneHotLabels = ops.oneHot(labels, numClasses);
    const noise = keras.random.normal([oneHotLabels.shape[0]!, this.latentDim], { seed: this.seedGenerator });
    return this.generator.predict(ops.concatenate([noise, oneHotLabels], { axis: 1 }), { verbose: 0 });
  }
}
