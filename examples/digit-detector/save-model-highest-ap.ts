import * as keras from 'hornbeam';

interface SaveModelHighestAPOptions {
  /** Validation images and packed labels. */
  data: readonly [x: keras.Tensor, y: keras.Tensor];
  metric: keras.metrics.MeanAveragePrecision;
  /** File for the best model. */
  filepath: string;
  /** Classes that the model's config mentions. */
  customObjects: keras.saving.CustomObjects;
  batchSize?: number;
  /** Epochs before the first check. */
  epochsWarmUp?: number;
  /** Checks every so many epochs. */
  skipEpochs?: number;
}

/**
 * Saves the model whenever its COCO AP on validation data is the highest so far. The check runs on a second model, made of the
 * first one's config and evaluated op by op, into which the weights are moved.
 */
export class SaveModelHighestAP extends keras.callbacks.Callback<keras.Model> {
  /** AP at each check, by epoch. */
  readonly history: { epoch: number; ap: number }[] = [];
  best = Number.NEGATIVE_INFINITY;
  private evaluationModel!: keras.Model;
  private readonly options: Required<SaveModelHighestAPOptions>;

  constructor(options: SaveModelHighestAPOptions) {
    super();
    this.options = { batchSize: 64, epochsWarmUp: 0, skipEpochs: 1, ...options };
  }

  override onTrainBegin(): void {
    const { customObjects, metric } = this.options;
    keras.saving.customObjectScope(customObjects, () => {
      this.evaluationModel = keras.Model.fromConfig(this.model.getConfig()) as keras.Model;
      this.evaluationModel.compile({
        optimizer: this.model.optimizer!,
        loss: this.model.loss as keras.Loss,
        metrics: [metric],
        runEagerly: true,
      });
    });
  }

  override async onEpochEnd(epoch: number, logs: keras.callbacks.CallbackLogs = {}): Promise<void> {
    const { epochsWarmUp, skipEpochs, metric, data, batchSize, filepath } = this.options;
    if (epoch < epochsWarmUp || (epoch - epochsWarmUp) % skipEpochs !== 0) return;
    this.evaluationModel.setWeights(this.model.getWeights());
    metric.resetState();
    const results = (await this.evaluationModel.evaluate(data[0], data[1], {
      batchSize,
      verbose: 0,
      returnDict: true,
    })) as Record<string, number>;
    const ap = results[metric.name]!;
    this.history.push({ epoch, ap });
    logs['val_average_precision'] = ap;
    const isBest = ap > this.best;
    console.log(
      `Epoch ${epoch + 1}: AP@[.50:.95] ${ap.toFixed(4)}${isBest ? `, the highest so far: saved to ${filepath}` : ` (best ${this.best.toFixed(4)})`}`,
    );
    if (!isBest) return;
    this.best = ap;
    await this.model.save(filepath);
  }
}
