import { floatx } from '../../../base/config.ts';
import { isInteger } from '../../../base/dtype.ts';
import { fail } from '../../../base/errors.ts';
import { f, type Options, type Resolved } from '../../../base/field/field.ts';
import type { Config } from '../../../base/registry/serialize.ts';
import { type SymbolicShape, sameShape, showShape } from '../../../base/shape.ts';
import { type HostValue, onHost, type Tensor } from '../../../tensor/index.ts';
import { Layer, type LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { announce } from '../adapting.ts';
import { encodeCategories } from '../encode.ts';
import { outputModeField, sparseField } from '../text/bins.ts';
import { farmHash64, joinFingerprints } from '../text/farm-hash.ts';

const fields = {
  /** Number of bins. */
  numBins: f.int({ min: 1 }),
  /** `int`: the number of the bin; `one_hot`: a vector. */
  outputMode: outputModeField(['int', 'one_hot'], 'int'),
  /** Sparse results are not made. */
  sparse: sparseField(),
};
/** TensorFlow's default key. */
const firstKey = 0xdecafcaffen;

export interface HashedCrossing extends Resolved<typeof fields> {}
/**
 * Combines several features into one: the number of a bin, by a hash of all of them together. Takes a list of at least two strings or integers of
 * one shape, `()`, `(n)` or `(n, 1)`, and gives int32 of that shape, or vectors of `numBins`. The bins are those of Keras.
 * @example new HashedCrossing({ numBins: 5 })([['A', 'B'].map((s) => s), [101, 102]].map((x) => keras.tensor(x))) // two bins
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/hashed_crossing/
 */
export class HashedCrossing extends Layer<typeof fields, [inputs: readonly Tensor[]]> {
  static override readonly className = 'HashedCrossing';
  static override readonly fields = fields;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(
      { ...options, dtype: options?.dtype ?? ((options?.outputMode ?? 'int') === 'int' ? 'int64' : floatx()) },
      ...surplus,
    );
  }
  call(inputs: readonly Tensor[]): Tensor {
    this.#check(inputs);
    const { shape } = inputs[0];
    const bins = onHost(
      inputs,
      (features) => this.#cross(features),
      'int32',
      () => shape,
    );
    return encodeCategories(bins, { mode: this.outputMode, depth: this.numBins, dtype: this.computeDtype });
  }
  #check(inputs: readonly Tensor[]): void {
    if (!Array.isArray(inputs) || inputs.length < 2)
      fail(
        this,
        'it was called on less than two tensors',
        'give a list of tensors, one a feature; nested arrays are one tensor',
      );
    const { shape } = inputs[0] as Tensor;
    if (shape.length > 2 || (shape.length === 2 && shape[1] !== 1))
      fail(this, `inputs have shape ${showShape(shape)}`, 'give features of shape (), (n) or (n, 1)');
    const other = (inputs as readonly Tensor[]).find((x) => !sameShape(x.shape, shape));
    if (other)
      fail(this, `inputs have shapes ${showShape(shape)} and ${showShape(other.shape)}`, 'give features of one shape');
    const wrong = (inputs as readonly Tensor[]).find((x) => !isInteger(x.dtype) && x.dtype !== 'string');
    if (wrong) fail(this, `an input is ${wrong.dtype}`, 'give integers or strings');
  }
  #cross(features: readonly HostValue[]): HostValue {
    const text = new TextEncoder();
    const { shape, data } = features[0];
    const fingerprint = (x: string | number): bigint =>
      typeof x === 'string' ? farmHash64(text.encode(x)) : BigInt.asUintN(64, BigInt(x));
    const bins = Int32Array.from({ length: data.length }, (_, k) =>
      Number(
        features.reduce((hash, feature) => joinFingerprints(hash, fingerprint(feature.data[k])), firstKey) %
          BigInt(this.numBins),
      ),
    );
    return { shape, dtype: 'int32', data: bins };
  }
  /** The dtype of its outputs as files name it. */
  get declaredDtype(): string {
    return this.dtypePolicy.name;
  }
  override computeOutputShape(shapes: readonly SymbolicShape[]): SymbolicShape {
    const isPair = Array.isArray(shapes) && shapes.length > 1 && shapes.every((s) => Array.isArray(s));
    if (!isPair) fail(this, 'computeOutputShape needs the shapes of at least two features', 'give a list of shapes');
    const [shape, other] = shapes as readonly SymbolicShape[] as [SymbolicShape, SymbolicShape];
    if (shape.at(-1) !== other.at(-1))
      fail(this, `features have shapes ${showShape(shape)} and ${showShape(other)}`, 'give features of one shape');
    if (this.outputMode === 'int') return shape;
    return shape.at(-1) === 1 ? [...shape.slice(0, -1), this.numBins] : [...shape, this.numBins];
  }
  override computeOutputSpec(...args: unknown[]) {
    const [inputs] = args as [readonly Tensor[]];
    this.#check(inputs);
    return announce(this, args, {
      shape: this.computeOutputShape(inputs.map((x) => x.shape)),
      dtype: this.outputMode === 'int' ? 'int32' : this.computeDtype,
    });
  }
  override getBuildConfig(): null {
    return null;
  }
  override getConfig(): Config {
    const { numBins, outputMode, sparse, name } = this;
    return { num_bins: numBins, output_mode: outputMode, sparse, name, dtype: this.dtypePolicy.name };
  }

  static {
    ownLayer(this);
  }
}
