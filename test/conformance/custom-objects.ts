import * as keras from '../../src/index.ts';

const { layers, ops } = keras;

interface DemoOptions extends keras.LayerOptions {
  filters1: number;
  filters2: number;
  dropoutRate: number;
}

/** The custom layer of the cases: two convolutions, batch normalisation, mish, dropout. */
export class DemoSubclassingLayer extends keras.Layer {
  static override readonly className = 'DemoSubclassingLayer';
  readonly filters1: number;
  readonly filters2: number;
  readonly dropoutRate: number;
  readonly conv_1: keras.Layer;
  readonly conv_2: keras.Layer;
  readonly batchNorm: keras.Layer;
  readonly dropout: keras.Layer;

  constructor({ filters1, filters2, dropoutRate, ...options }: DemoOptions) {
    super(options);
    this.filters1 = filters1;
    this.filters2 = filters2;
    this.dropoutRate = dropoutRate;
    this.conv_1 = new layers.Conv2D({ filters: filters1, kernelSize: 3 });
    this.conv_2 = new layers.Conv2D({ filters: filters2, kernelSize: 3 });
    this.batchNorm = new layers.BatchNormalization();
    this.dropout = new layers.Dropout({ rate: dropoutRate });
  }
  override call(x: keras.Tensor, { training }: keras.CallOptions = {}): keras.Tensor {
    return this.dropout(ops.mish(this.batchNorm(this.conv_2(this.conv_1(x)), { training })), { training });
  }
  override getConfig(): keras.saving.Config {
    return { ...super.getConfig(), filters_1: this.filters1, filters_2: this.filters2, dropout_rate: this.dropoutRate };
  }
}

interface PositionOptions extends keras.LayerOptions {
  patchesQuantity: number;
  projectionDim: number;
}
/** A learned vector for each position. */
export class PositionEncoding extends keras.Layer {
  static override readonly className = 'PositionEncoding';
  readonly patchesQuantity: number;
  readonly projectionDim: number;
  readonly embedding: keras.Layer;

  constructor({ patchesQuantity, projectionDim, ...options }: PositionOptions) {
    super(options);
    this.patchesQuantity = patchesQuantity;
    this.projectionDim = projectionDim;
    this.embedding = new layers.Embedding({ inputDim: patchesQuantity, outputDim: projectionDim });
  }
  override call(_x: keras.Tensor): keras.Tensor {
    return ops.expandDims(this.embedding(ops.arange(0, this.patchesQuantity, 1)), 0);
  }
  override getConfig(): keras.saving.Config {
    return { ...super.getConfig(), patches_quantity: this.patchesQuantity, projection_dim: this.projectionDim };
  }
}
/** The subclassed model of the cases; which layers it has is known, not how it calls them. */
export class TwoTower extends keras.Model {
  static override readonly className = 'TwoTower';
  readonly gain = this.addWeight({ name: 'gain', shape: [2], initializer: 'ones' });
  readonly left = new layers.Dense({ units: 4 });
  readonly right = new layers.Dense({ units: 3 });
  readonly heads = [new layers.Dense({ units: 2 }), new layers.Dense({ units: 2 })];
  readonly norm = new layers.BatchNormalization();
  readonly block = new keras.Sequential([new layers.Dense({ units: 3 }), new layers.LayerNormalization()]);

  override call(x: keras.Tensor): keras.Tensor {
    const z = this.block(this.norm(this.right(this.left(x))));
    return ops.multiply(ops.add(this.heads[0]!(z), this.heads[1]!(z)), this.gain);
  }
}
export const customObjects = { DemoSubclassingLayer, PositionEncoding };
