import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { RandomAffine } from '../data/random-affine.ts';

export const width = 64;

/** Copies of an image that are still the same digit: strongly distorted ones to learn from, lightly distorted ones to read. */
export const makeAugmenter = (strength: number, seed: number): keras.Sequential =>
  new keras.Sequential([
    keras.Input({ shape: [8, 8, 1] }),
    new RandomAffine({ shift: strength, turn: 0.25 * strength, slant: 0.3 * strength, zoom: 0.2 * strength, seed }),
  ]);

/** From an image to what is known of it. */
export const makeEncoder = (): keras.Sequential =>
  new keras.Sequential(
    [
      keras.Input({ shape: [8, 8, 1] }),
      new layers.Conv2D({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new layers.Conv2D({ filters: 32, kernelSize: 3, padding: 'same', strides: 2, activation: 'relu' }),
      new layers.Conv2D({ filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' }),
      new layers.Flatten(),
      new layers.Dense({ units: width, activation: 'relu' }),
    ],
    { name: 'encoder' },
  );

type UnlabeledAndLabeled = [unlabeled: keras.Tensor, labeled: keras.Tensor];

interface ContrastiveModelOptions extends keras.LayerOptions {
  temperature?: number;
}
interface ContrastiveCompileOptions extends keras.CompileOptions {
  contrastiveOptimizer: keras.Optimizer;
  probeOptimizer: keras.Optimizer;
}

/**
 * Learns of images without labels which two are copies of one (SimCLR). A linear probe learns beside it, from the few images that
 * have labels, to name what the encoder sees; it does not change the encoder.
 */
export class ContrastiveModel extends keras.Model {
  static override readonly className = 'ContrastiveModel';
  readonly temperature: number;
  readonly contrastiveAugmenter = makeAugmenter(1, 1);
  readonly classificationAugmenter = makeAugmenter(0.4, 2);
  readonly encoder = makeEncoder();
  // The contrastive loss comes after a small network, so that the encoder need not forget how copies differ.
  readonly projectionHead = new keras.Sequential(
    [
      keras.Input({ shape: [width] }),
      new layers.Dense({ units: width, activation: 'relu' }),
      new layers.Dense({ units: width }),
    ],
    { name: 'projection_head' },
  );
  readonly linearProbe = new keras.Sequential([keras.Input({ shape: [width] }), new layers.Dense({ units: 10 })], {
    name: 'linear_probe',
  });
  readonly probeLoss = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
  readonly contrastiveLossTracker = new keras.metrics.Mean({ name: 'c_loss' });
  readonly contrastiveAccuracy = new keras.metrics.SparseCategoricalAccuracy({ name: 'c_acc' });
  readonly probeLossTracker = new keras.metrics.Mean({ name: 'p_loss' });
  readonly probeAccuracy = new keras.metrics.SparseCategoricalAccuracy({ name: 'p_acc' });
  contrastiveOptimizer!: keras.Optimizer;
  probeOptimizer!: keras.Optimizer;

  constructor({ temperature = 0.1, ...options }: ContrastiveModelOptions = {}) {
    super(options);
    this.temperature = temperature;
  }
  override compile({ contrastiveOptimizer, probeOptimizer, ...options }: ContrastiveCompileOptions): void {
    super.compile(options);
    this.contrastiveOptimizer = contrastiveOptimizer;
    this.probeOptimizer = probeOptimizer;
  }
  override get metrics() {
    return [this.contrastiveLossTracker, this.contrastiveAccuracy, this.probeLossTracker, this.probeAccuracy];
  }

  /** InfoNCE: each of a batch's images, in one copy, must be distinguished from all others in the other copy, and vice versa. */
  private contrastiveLoss(projections1: keras.Tensor, projections2: keras.Tensor) {
    const [p1, p2] = [ops.normalize(projections1, { axis: 1 }), ops.normalize(projections2, { axis: 1 })];
    const similarities = ops.matmul(p1, ops.transpose(p2)).div(this.temperature);
    const own = ops.arange(similarities.shape[0]!);
    const across = ops.transpose(similarities);
    const loss1 = ops.sparseCategoricalCrossentropy(own, similarities, { fromLogits: true });
    const loss2 = ops.sparseCategoricalCrossentropy(own, across, { fromLogits: true });
    return { loss: ops.mean(loss1.add(loss2)).div(2), own, similarities, across };
  }

  override trainStep({ x, y: labels }: keras.Batch<UnlabeledAndLabeled>): keras.StepLogs {
    const [unlabeledImages, labeledImages] = x;
    // Labelled images are also used without their labels.
    const images = ops.concatenate([unlabeledImages, labeledImages], { axis: 0 });
    const augmentedImages1 = this.contrastiveAugmenter(images, { training: true });
    const augmentedImages2 = this.contrastiveAugmenter(images, { training: true });
    const weights = [...this.encoder.trainableWeights, ...this.projectionHead.trainableWeights];
    const contrast = keras.gradients(() => {
      const features1 = this.encoder(augmentedImages1, { training: true });
      const features2 = this.encoder(augmentedImages2, { training: true });
      const contrast = this.contrastiveLoss(this.projectionHead(features1), this.projectionHead(features2));
      return [contrast.loss, contrast];
    }, weights);
    this.contrastiveOptimizer.apply(contrast.gradients, weights);
    this.contrastiveLossTracker.updateState(contrast.value);
    this.contrastiveAccuracy.updateState(contrast.aux.own, contrast.aux.similarities);
    this.contrastiveAccuracy.updateState(contrast.aux.own, contrast.aux.across);

    // The probe learns from the features as they are.
    const features = this.encoder(this.classificationAugmenter(labeledImages, { training: true }));
    const probe = keras.gradients(() => {
      const classLogits = this.linearProbe(features, { training: true });
      return [this.probeLoss(labels, classLogits), classLogits];
    }, this.linearProbe.trainableWeights);
    this.probeOptimizer.apply(probe.gradients, this.linearProbe.trainableWeights);
    this.probeLossTracker.updateState(probe.value);
    this.probeAccuracy.updateState(labels, probe.aux);
    return this.getMetricsResult();
  }

  override testStep({ x: images, y: labels }: keras.Batch): keras.StepLogs {
    const classLogits = this.linearProbe(this.encoder(images, { training: false }), { training: false });
    this.probeLossTracker.updateState(this.probeLoss(labels, classLogits));
    this.probeAccuracy.updateState(labels, classLogits);
    return { p_loss: this.probeLossTracker.result(), p_acc: this.probeAccuracy.result() };
  }
}

/** An encoder with a classification layer, to be trained with labels from scratch or from a trained encoder. */
export const makeClassifier = (encoder: keras.Model, head: keras.Layer): keras.Sequential =>
  new keras.Sequential([keras.Input({ shape: [8, 8, 1] }), makeAugmenter(0.4, 3), encoder, head]);
