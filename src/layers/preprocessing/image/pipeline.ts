import type { Options, Resolved } from '../../../base/field/field.ts';
import type { Config } from '../../../base/registry/serialize.ts';
import type { Tensor } from '../../../tensor/index.ts';
import type { CallOptions } from '../../layer/call-context.ts';
import { Layer, type LayerOptions } from '../../layer/layer.ts';
import { layersField } from '../../nested-layer.ts';
import { ownLayer } from '../../own-layer.ts';
import type { Augmented, ImageData } from './image-data.ts';

const fields = {
  /** The layers, in order: each receives the previous one's output. */
  layers: layersField(),
};

export interface Pipeline extends Resolved<typeof fields> {
  (inputs: Tensor, options?: CallOptions): Tensor;
  <D extends ImageData>(data: D, options?: CallOptions): Augmented<D>;
}
/**
 * A sequence of layers as one layer. Unlike a Sequential it is not a model, and takes what its first layer takes: an
 * image, a batch, or images with what belongs to them.
 * @example new Pipeline({ layers: [new Rescaling({ scale: 1 / 255 }), new CenterCrop({ height: 2, width: 2 })] })(ops.ones([1, 4, 4, 3])).shape // [1, 2, 2, 3]
 * @see https://keras.io/api/layers/preprocessing_layers/pipeline/
 */
export class Pipeline extends Layer<
  typeof fields,
  [inputs: Tensor | ImageData, options?: CallOptions],
  Tensor | ImageData
> {
  static override readonly className = 'Pipeline';
  static override readonly fields = fields;
  /** In Keras, `training` is true unless given. */
  static override get impliedTraining(): boolean {
    return true;
  }

  constructor(options: Options<typeof fields> & Pick<LayerOptions, 'name'>, ...surplus: undefined[]) {
    super(options, ...surplus);
  }
  call(inputs: Tensor | ImageData, { training = true }: CallOptions = {}): Tensor | ImageData {
    return this.layers.reduce<Tensor | ImageData>((x, layer) => layer(x, { training }), inputs);
  }
  override getConfig(): Config {
    const { name, layers } = super.getConfig();
    return { layers, name };
  }

  static {
    ownLayer(this);
  }
}
