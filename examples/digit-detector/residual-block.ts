import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';

interface ResidualBlockOptions extends keras.LayerOptions {
  filters: number;
}

/** Two Conv-BN-Mish steps with a shortcut: `x + f(x)`. */
export class ResidualBlock extends keras.Layer {
  static override readonly className = 'ResidualBlock';
  readonly filters: number;
  readonly conv1: keras.Layer;
  readonly norm1: keras.Layer;
  readonly conv2: keras.Layer;
  readonly norm2: keras.Layer;

  constructor({ filters, ...options }: ResidualBlockOptions) {
    super(options);
    this.filters = filters;
    this.conv1 = new layers.Conv2D({ filters: filters / 2, kernelSize: 1, useBias: false });
    this.norm1 = new layers.BatchNormalization({ momentum: 0.9 });
    this.conv2 = new layers.Conv2D({ filters, kernelSize: 3, padding: 'same', useBias: false });
    this.norm2 = new layers.BatchNormalization({ momentum: 0.9 });
  }
  override call(x: keras.Tensor, { training }: keras.CallOptions = {}): keras.Tensor {
    const y = ops.mish(this.norm1(this.conv1(x), { training }));
    return ops.add(x, ops.mish(this.norm2(this.conv2(y), { training })));
  }
  override getConfig(): keras.saving.Config {
    return { ...super.getConfig(), filters: this.filters };
  }
}
keras.saving.registerKerasSerializable(ResidualBlock, { package: 'digits' });
