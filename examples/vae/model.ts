import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';

type MeanAndLogVar = [zMean: keras.Tensor, zLogVar: keras.Tensor];

/** Draws a point from the normal distribution in the latent plane that an image was encoded as. */
export class Sampling extends keras.Layer<{}, [inputs: MeanAndLogVar]> {
  static override readonly className = 'Sampling';
  readonly seedGenerator = new keras.SeedGenerator({ seed: 1337 });

  override call([zMean, zLogVar]: MeanAndLogVar): keras.Tensor {
    const epsilon = keras.random.normal(ops.shape(zMean), { seed: this.seedGenerator });
    return zMean.add(ops.exp(zLogVar.mul(0.5)).mul(epsilon));
  }
}

type Encoded = [...MeanAndLogVar, z: keras.Tensor];

/** From an image to the mean and the logarithm of the variance in the latent plane, and a point drawn with them. */
export function makeEncoder(latentDim = 2): keras.Model<Encoded> {
  const inputs = keras.Input({ shape: [8, 8, 1] });
  let x = new layers.Conv2D({ filters: 32, kernelSize: 3, activation: 'relu', padding: 'same' })(inputs);
  x = new layers.Conv2D({ filters: 64, kernelSize: 3, activation: 'relu', strides: 2, padding: 'same' })(x);
  x = new layers.Flatten()(x);
  x = new layers.Dense({ units: 64, activation: 'relu' })(x);
  const zMean = new layers.Dense({ units: latentDim, name: 'z_mean' })(x);
  const zLogVar = new layers.Dense({ units: latentDim, name: 'z_log_var' })(x);
  const z = new Sampling()([zMean, zLogVar]);
  return new keras.Model<Encoded>({ inputs, outputs: [zMean, zLogVar, z], name: 'encoder' });
}

/** From a point of the latent plane to an image. */
export function makeDecoder(latentDim = 2): keras.Model {
  const inputs = keras.Input({ shape: [latentDim] });
  let x = new layers.Dense({ units: 4 * 4 * 64, activation: 'relu' })(inputs);
  x = new layers.Reshape({ targetShape: [4, 4, 64] })(x);
  x = new layers.Conv2DTranspose({ filters: 32, kernelSize: 3, activation: 'relu', strides: 2, padding: 'same' })(x);
  const outputs = new layers.Conv2D({ filters: 1, kernelSize: 3, activation: 'sigmoid', padding: 'same' })(x);
  return new keras.Model({ inputs, outputs, name: 'decoder' });
}

interface VAEOptions extends keras.LayerOptions {
  encoder: keras.Model<Encoded>;
  decoder: keras.Model;
}

/** A variational autoencoder: each image becomes a point in an evenly filled plane, and any point becomes an image. */
export class VAE extends keras.Model {
  static override readonly className = 'VAE';
  readonly encoder: keras.Model<Encoded>;
  readonly decoder: keras.Model;
  readonly totalLossTracker = new keras.metrics.Mean({ name: 'total_loss' });
  readonly reconstructionLossTracker = new keras.metrics.Mean({ name: 'reconstruction_loss' });
  readonly klLossTracker = new keras.metrics.Mean({ name: 'kl_loss' });

  constructor({ encoder, decoder, ...options }: VAEOptions) {
    super(options);
    this.encoder = encoder;
    this.decoder = decoder;
  }
  override get metrics() {
    return [this.totalLossTracker, this.reconstructionLossTracker, this.klLossTracker];
  }

  override trainStep({ x }: keras.Batch): keras.StepLogs {
    const { aux, gradients } = keras.gradients(() => {
      const losses = this.elbo(x);
      return [losses.totalLoss, losses];
    }, this.trainableVariables);
    this.optimizer!.apply(gradients, this.trainableVariables);
    return this.track(aux);
  }
  override testStep({ x }: keras.Batch): keras.StepLogs {
    return this.track(this.elbo(x));
  }

  /** The evidence lower bound, negated, and its two parts: nats an image. */
  private elbo(x: keras.Tensor) {
    const [zMean, zLogVar, z] = this.encoder(x);
    const reconstruction = this.decoder(z);
    const reconstructionLoss = ops.mean(ops.sum(keras.losses.binaryCrossentropy(x, reconstruction), { axis: [1, 2] }));
    const kl = zLogVar.add(1).sub(ops.square(zMean)).sub(ops.exp(zLogVar)).mul(-0.5);
    const klLoss = ops.mean(ops.sum(kl, { axis: 1 }));
    return { totalLoss: reconstructionLoss.add(klLoss), reconstructionLoss, klLoss };
  }
  private track({ totalLoss, reconstructionLoss, klLoss }: ReturnType<VAE['elbo']>): keras.StepLogs {
    this.totalLossTracker.updateState(totalLoss);
    this.reconstructionLossTracker.updateState(reconstructionLoss);
    this.klLossTracker.updateState(klLoss);
    return this.getMetricsResult();
  }
}
