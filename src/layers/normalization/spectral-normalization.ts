import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { cast, divide, matmul, normalize, reshape, stopGradient, transpose } from '../../ops/index.ts';
import { type Tensor, Variable } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { type AnyLayer, Layer } from '../layer/layer.ts';
import { layerField } from '../nested-layer.ts';

const fields = {
  /** The layer whose kernel (or embeddings) is normalised. */
  layer: layerField(),
  /** Number of power iterations at each training step. */
  powerIterations: f.int({ initial: 1, min: 1 }),
};

export interface SpectralNormalization extends Resolved<typeof fields> {}
/** While training, divides a layer's kernel by its largest singular value (https://arxiv.org/abs/1802.05957). @see https://keras.io/api/layers/normalization_layers/spectral_normalization/ */
export class SpectralNormalization extends Layer<typeof fields> {
  static override readonly className = 'SpectralNormalization';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  /** The weight that is divided: the wrapped layer's `kernel`, or its `embeddings`. */
  kernel!: Variable;
  /** Estimate of the kernel's first singular vector, `[1, channels]`, improved by each training step. */
  vectorU!: Variable;

  override build(inputShape: SymbolicShape): void {
    this.layer.build(inputShape);
    this.inputSpec = { shape: [null, ...inputShape.slice(1)] };
    const { kernel, embeddings } = this.layer as AnyLayer & { kernel?: unknown; embeddings?: unknown };
    const weight = kernel ?? embeddings;
    if (!(weight instanceof Variable))
      fail(this, `${String(this.layer)} has neither kernel nor embeddings`, 'wrap a layer that has one');
    this.kernel = weight;
    this.vectorU = this.addWeight({
      name: 'vector_u',
      shape: [1, this.kernel.shape.at(-1)!],
      initializer: { module: 'keras.initializers', class_name: 'TruncatedNormal', config: { stddev: 0.02 } },
      trainable: false,
    });
  }
  call(inputs: Tensor, { training = false }: CallOptions = {}): Tensor {
    if (training) this.normalizeWeights();
    const outputs = (this.layer as (x: Tensor, options: CallOptions) => Tensor)(inputs, { training });
    return cast(outputs, inputs.dtype);
  }
  /** Divides the kernel by an estimate of its largest singular value, and improves the estimate. */
  normalizeWeights(): void {
    const kernel = this.kernel.value;
    const rows = reshape(kernel, [-1, this.kernel.shape.at(-1)!]);
    const unit = (x: Tensor): Tensor => normalize(x, { axis: -1, order: 2, epsilon: 1e-12 });
    let u = this.vectorU.value;
    let v = u;
    for (let k = 0; k < this.powerIterations; k++) {
      v = unit(matmul(u, transpose(rows)));
      u = unit(matmul(v, rows));
    }
    [u, v] = [stopGradient(u), stopGradient(v)];
    const sigma = matmul(matmul(v, rows), transpose(u));
    this.vectorU.assign(u);
    this.kernel.assign(reshape(divide(kernel, sigma), this.kernel.shape));
  }

  static {
    exactMethods(this);
  }
}
