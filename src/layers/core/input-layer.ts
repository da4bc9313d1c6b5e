import { floatx } from '../../base/config.ts';
import { asDType, type DType } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { autoName } from '../../base/naming.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import type { Config } from '../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { callsOf, type GraphNode, KerasTensor, type Tensor } from '../../tensor/index.ts';
import { type AnyLayer, Layer } from '../layer/layer.ts';

/** Options of `Input`: what goes into a model, sample by sample. */
export interface InputOptions {
  /**
   * Shape of one sample, without the batch axis; null for sizes that vary. A program is compiled for each shape that occurs, and
   * the most recent ones are kept: if data can be padded or cropped, fixed sizes (and a `batchSize`) save time.
   */
  readonly shape?: SymbolicShape | undefined;
  /** Number of samples in a batch, if it is fixed. */
  readonly batchSize?: number | null | undefined;
  /** The whole shape, batch axis included, in place of `shape` and `batchSize`. */
  readonly batchShape?: SymbolicShape | undefined;
  /** Data type of the input; the default float type by default. */
  /** Dtype of the elements; the default float type by default. `'string'` for texts, which layers such as TextVectorization look up. */
  readonly dtype?: string | undefined;
  /** Name of the input, unique in the model; made from the class name by default. */
  readonly name?: string | undefined;
  /** Whether the model may be called without this input. */
  readonly optional?: boolean | undefined;
}
const inputOptions: OptionNames<InputOptions> = {
  shape: true,
  batchSize: true,
  batchShape: true,
  dtype: true,
  name: true,
  optional: true,
};

/** An input of a functional model. `keras.Input` makes it. */
export class InputLayer extends Layer<{}, [inputs: Tensor]> {
  static override readonly className = 'InputLayer';
  readonly batchShape: SymbolicShape;
  readonly #dtype: DType;
  /** The requested dtype: files keep `int64`, although tensors here are int32. */
  readonly declaredDtype: string;
  readonly optional: boolean;
  readonly #symbol: KerasTensor;

  constructor(options: InputOptions = {}, ...surplus: undefined[]) {
    const {
      shape,
      batchSize = null,
      batchShape,
      dtype,
      name,
      optional = false,
    } = optionsOf('Input', inputOptions, options);
    super({ name: name ?? autoName('input_layer') }, ...surplus);
    if ((shape === undefined) === (batchShape === undefined))
      fail(
        'InputLayer',
        `it has ${shape ? 'both' : 'neither'} \`shape\` ${shape ? 'and' : 'nor'} \`batchShape\``,
        'give the shape of one sample, e.g. Input({ shape: [28, 28, 1] })',
      );
    const given = shape ?? batchShape;
    if (!Array.isArray(given))
      fail(
        'InputLayer',
        `shape must be an array of integers and nulls, got ${JSON.stringify(given)}`,
        'e.g. Input({ shape: [28, 28, 1] })',
      );
    const whole = batchShape ?? [batchSize, ...shape!];
    if (whole.some((n) => n !== null && !(Number.isInteger(n) && n >= 0)))
      fail(
        'InputLayer',
        `shape [${whole.map(String).join(', ')}] holds something that is no size`,
        'use integers, and null for sizes that vary',
      );
    this.batchShape = whole;
    this.#dtype = dtype === 'string' ? dtype : dtype ? asDType(dtype, 'Input') : floatx();
    this.declaredDtype = dtype ?? this.#dtype;
    this.optional = optional;
    this.#symbol = new KerasTensor(whole, { dtype: this.#dtype, name: this.name });
    const node: GraphNode = { operation: this, args: [], inputs: [], form: this.#symbol, outputs: [this.#symbol] };
    this.#symbol.history = { node, index: 0 };
    callsOf(this).push(node);
    this.built = true;
  }
  override get inputDtype(): DType {
    return this.#dtype;
  }
  override get input(): KerasTensor {
    return this.#symbol;
  }
  override get output(): KerasTensor {
    return this.#symbol;
  }
  call(inputs: Tensor): Tensor {
    return inputs;
  }
  override getConfig(): Config {
    return {
      batch_shape: this.batchShape,
      dtype: this.declaredDtype,
      sparse: false,
      ragged: false,
      name: this.name,
      optional: this.optional,
    };
  }
  static override fromConfig({ shape, batch_shape, batch_input_shape, dtype, name, optional }: Config): AnyLayer {
    const batchShape = (batch_shape ?? batch_input_shape) as SymbolicShape | undefined;
    return new InputLayer({
      ...(batchShape && { batchShape }),
      ...(shape !== undefined && { shape: shape as SymbolicShape }),
      dtype: dtype as string,
      name: name as string,
      optional: optional === true,
    });
  }
}

/**
 * A symbolic tensor from which a functional model begins.
 * @example const x = Input({ shape: [28, 28, 1] }) // KerasTensor of shape (null, 28, 28, 1)
 */
export const Input = exact('Input', 1, (options: InputOptions): KerasTensor => new InputLayer(options).output);
