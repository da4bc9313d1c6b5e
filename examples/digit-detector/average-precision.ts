import * as keras from 'hornbeam';
import { detect } from './loss.ts';

interface DigitAveragePrecisionOptions extends keras.metrics.MeanAveragePrecisionOptions {
  size: number;
}

/** COCO AP of raw predictions: they are decoded, and overlapping boxes suppressed, on the device. */
export class DigitAveragePrecision extends keras.metrics.MeanAveragePrecision {
  static override readonly className = 'DigitAveragePrecision';
  readonly size: number;
  private readonly detect: (predictions: keras.Tensor) => ReturnType<typeof detect>;

  constructor({ size, name = 'average_precision', ...options }: DigitAveragePrecisionOptions) {
    super({ name, boundingBoxFormat: 'xyxy', ...options });
    this.size = size;
    this.detect = keras.jit((predictions: keras.Tensor) => detect(predictions, size), { name: 'detect' });
  }
  override updateState(yTrue: keras.Tensor, yPred: keras.Tensor): Promise<void> {
    return super.updateState(yTrue, this.detect(yPred));
  }
  override getConfig(): keras.saving.Config {
    return { ...super.getConfig(), size: this.size };
  }
}
keras.saving.registerKerasSerializable(DigitAveragePrecision, { package: 'digits' });
