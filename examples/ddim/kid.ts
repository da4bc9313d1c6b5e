import * as keras from 'hornbeam';
import { ops } from 'hornbeam';

interface KIDOptions extends keras.metrics.MetricOptions {
  /** Gives the features `[n, d]` by which images are compared. */
  encoder: keras.Model;
}

/**
 * Kernel Inception Distance of generated images from real ones, by the features of a network that is given: 0 where both are of
 * one distribution.
 */
export class KID extends keras.Metric {
  static override readonly className = 'KID';
  readonly encoder: keras.Model;
  readonly tracker = new keras.metrics.Mean({ name: 'kid_tracker' });

  constructor({ encoder, name = 'kid', ...options }: KIDOptions) {
    super({ name, ...options });
    this.encoder = encoder;
  }
  override updateState(realImages: keras.Tensor, generatedImages: keras.Tensor): void {
    const real = this.encoder(realImages, { training: false });
    const generated = this.encoder(generatedImages, { training: false });
    const [n] = real.shape as [number];
    const kernel = (a: keras.Tensor, b: keras.Tensor): keras.Tensor =>
      ops.power(ops.matmul(a, ops.transpose(b)).div(a.shape[1]!).add(1), 3);
    // Without each image's likeness to itself.
    const meanOfOthers = (k: keras.Tensor) => ops.sum(k.mul(ops.subtract(1, ops.eye(n)))).div(n * (n - 1));
    const [within, among] = [meanOfOthers(kernel(real, real)), meanOfOthers(kernel(generated, generated))];
    this.tracker.updateState(within.add(among).sub(ops.mean(kernel(real, generated)).mul(2)));
  }
  override result(): keras.Tensor {
    return this.tracker.result();
  }
  override resetState(): void {
    this.tracker.resetState();
  }
}
