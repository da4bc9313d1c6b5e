import { floatx } from '../../../base/config.ts';
import { fail } from '../../../base/errors.ts';
import { type Field, f, type Options, type Resolved } from '../../../base/field/field.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { type HostValue, onHost, type Tensor } from '../../../tensor/index.ts';
import type { InputSpec } from '../../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { announce } from '../adapting.ts';
import { encodeCategories } from '../encode.ts';
import { binsOf, integerText, outputModeField, saltField, sparseField } from '../text/bins.ts';

type Token = string | number;
const maskField: Field<Token | null, Token | null, false> = f.nullable(
  f.custom<Token, Token>({
    expects: 'a string or an integer',
    check: (v): v is Token => typeof v === 'string' || Number.isInteger(v),
    parse: (v) => v,
  }),
);
const fields = {
  /** Number of bins, including that of the mask. */
  numBins: f.int({ min: 1 }),
  /** The value that goes into bin 0, all others into those after it; null masks nothing. */
  maskValue: maskField,
  /** Key of SipHash64, which then replaces FarmHash64: one integer, or two. */
  salt: saltField(),
  /** `int`: the number of the bin; `one_hot`: a vector for each; `multi_hot` or `count`: one vector per sample. */
  outputMode: outputModeField(['int', 'one_hot', 'multi_hot', 'count'], 'int'),
  /** Sparse results are not made. */
  sparse: sparseField(),
};

export interface Hashing extends Resolved<typeof fields> {}
/**
 * Turns strings or integers into numbers of bins, by a hash of their text: there is nothing to learn, and several may share a bin. `(n, …)` stays
 * `(n, …)` of int32, or becomes vectors of `numBins` by `outputMode`. Floats lose their fractions first. The bins are those of Keras.
 * @example new Hashing({ numBins: 3 })([['A'], ['B'], ['C']]) // [[1], [0], [1]]
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/hashing/
 */
export class Hashing extends Layer<typeof fields> {
  static override readonly className = 'Hashing';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    const isInt = (options?.outputMode ?? 'int') === 'int';
    super({ ...options, dtype: options?.dtype ?? (isInt ? 'int64' : floatx()) }, ...surplus);
    if (isInt && !/^int(32|64)$/.test(this.dtypePolicy.name))
      fail(this, `dtype is ${this.dtypePolicy.name} in the mode "int"`, 'give an integer dtype: "int32" or "int64"');
  }
  call(inputs: Tensor): Tensor {
    const { numBins, outputMode } = this;
    const bins = onHost(
      [inputs],
      ([values]) => this.#bins(values),
      'int32',
      () => inputs.shape,
    );
    return encodeCategories(bins, { mode: outputMode, depth: numBins, dtype: this.computeDtype });
  }
  #bins({ shape, dtype, data }: HostValue): HostValue {
    const { numBins, maskValue, salt } = this;
    const isMasked = maskValue !== null && numBins > 1;
    const binOf = binsOf(isMasked ? numBins - 1 : numBins, salt);
    const known = new Map<Token, number>();
    const one = (x: Token): number => {
      if (isMasked && x === maskValue) return 0;
      const found = known.get(x) ?? binOf(dtype === 'string' ? (x as string) : integerText(x as number));
      known.set(x, found);
      return isMasked ? found + 1 : found;
    };
    return { shape, dtype: 'int32', data: Int32Array.from(Array.from(data as readonly Token[], one)) };
  }
  /** The dtype of its outputs as files name it. */
  get declaredDtype(): string {
    return this.dtypePolicy.name;
  }
  override computeOutputShape(shape: SymbolicShape): SymbolicShape {
    return this.outputMode === 'int' ? shape : [...shape.slice(0, -1), this.numBins];
  }
  override computeOutputSpec(...args: unknown[]) {
    const [x] = args as [Tensor];
    return announce(this, args, { shape: this.computeOutputShape(x.shape), dtype: this.computeDtype });
  }

  static {
    ownLayer(this);
  }
}
