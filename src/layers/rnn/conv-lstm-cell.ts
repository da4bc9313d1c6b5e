import { activationField } from '../../activations/field.ts';
import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { f, type Options, type Resolved } from '../../base/field/field.ts';
import { type Shape, type SymbolicShape, showShape } from '../../base/shape.ts';
import { add, concatenate, conv, multiply, reshape, split, zeros } from '../../ops/index.ts';
import { SeedGenerator } from '../../random/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { channelAxis, dataFormatField, spatialShape } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import {
  buildCell,
  type CellOptions,
  callCell,
  gateCount,
  gatesDropAlone,
  type Keep,
  project,
  type States,
  step,
} from './cell.ts';
import { cellDropoutFields, cellWeightFields, recurrentActivationField } from './fields.ts';
import { forgetGateOpen } from './gates.ts';

/** Options of a convolutional LSTM over `rank` spatial axes. */
export const convLstmFields = (rank: number) => ({
  /** Number of channels of the output and of each state. */
  filters: f.int({ min: 1 }),
  /** Size of the window along each spatial axis, for inputs and states. */
  kernelSize: f.sizes(rank),
  /** Step of the window over the inputs along each spatial axis. */
  strides: f.sizes(rank, 1),
  /** `valid`: the window stays inside the inputs; `same`: padded with zeros. States are always padded to keep their size. */
  padding: f.oneOf(['valid', 'same'], 'valid'),
  /** The axis of the channels: last or first. */
  dataFormat: dataFormatField(),
  /** Spacing of the window's taps over the inputs; only with strides of 1. */
  dilationRate: f.sizes(rank, 1),
  /** Function applied to the new memory, and to the output it gives. */
  activation: activationField('tanh'),
  /** Function applied to the gates. */
  recurrentActivation: recurrentActivationField,
  ...cellWeightFields,
  /** Whether the forget gate's bias begins at 1. */
  unitForgetBias: f.bool(true),
  ...cellDropoutFields,
});
type ConvLSTMFields = ReturnType<typeof convLstmFields>;

export interface ConvLSTMCell extends Resolved<ConvLSTMFields> {}
/**
 * One step of an LSTM whose products are convolutions, with gates `i, f, g, o` from `x * kernel + h * recurrentKernel + bias`:
 * `c = f · c + i · g`, `h = o · activation(c)` (Shi 2015, without peepholes). Inputs are `[n, …p, c]`, states `[n, …q, filters]`.
 */
export class ConvLSTMCell extends Layer<
  ConvLSTMFields,
  [inputs: Tensor, states: States, options?: CellOptions],
  [Tensor, Tensor[]]
> {
  static override readonly className: string = 'ConvLSTMCell';
  /** Those for the number of spatial axes: each subclass declares them. */
  static override readonly fields: ConvLSTMFields;
  override inputSpec: InputSpec = {};
  /** As in Keras, it does not say the sizes, which depend on those of the inputs. */
  readonly stateSize = -1;
  readonly [gateCount] = 4;
  /** As in Keras, each gate has its own dropout of inputs, whether states are dropped or not. */
  readonly [gatesDropAlone] = true;
  kernel!: Variable;
  recurrentKernel!: Variable;
  bias: Variable | null = null;
  readonly seedGenerator: SeedGenerator;
  #state: Shape = [];

  /** The generator's seed is drawn before those of the initializers, as in Keras: weights are then equal for equal seeds. */
  constructor(
    options: Options<ConvLSTMFields> & LayerOptions,
    seedGenerator: SeedGenerator = new SeedGenerator({ seed: options.seed ?? null }),
  ) {
    super(options);
    this.seedGenerator = seedGenerator;
    const { strides, dilationRate } = this;
    if (strides.some((n) => n > 1) && dilationRate.some((n) => n > 1))
      fail(
        this,
        `strides [${strides.join(', ')}] and dilationRate (dilation_rate) [${dilationRate.join(', ')}] cannot both be greater than 1`,
        'leave one of them at 1',
      );
  }
  get #rank(): number {
    return this.kernelSize.length;
  }
  override build(inputShape: SymbolicShape): void {
    const { filters, kernelSize, dataFormat } = this;
    const channels = inputShape.at(channelAxis(dataFormat));
    const sizes = spatialShape(dataFormat, inputShape);
    if (sizes.includes(null) || channels === null || channels === undefined)
      fail(
        this,
        `the sizes of the spatial axes and the number of channels must be known: the inputs of a step have shape ${showShape(inputShape)}`,
        'give all axes but those of batch and time a size',
      );
    this.#state = this.#stateShape(sizes as Shape);
    buildCell(
      this,
      {
        kernel: [...kernelSize, channels, 4 * filters],
        recurrent: [...kernelSize, filters, 4 * filters],
        bias: [4 * filters],
      },
      this.unitForgetBias ? forgetGateOpen(this.biasInitializer, filters) : this.biasInitializer,
    );
  }
  /** Shape of a state without the batch axis, for inputs of the given sizes. */
  #stateShape(sizes: Shape): Shape {
    const { kernelSize, strides, dilationRate, padding, dataFormat, filters } = this;
    const reached = sizes.map((n, d) => {
      const reach = padding === 'valid' ? (kernelSize[d] - 1) * dilationRate[d] : 0;
      return Math.floor((n - reach - 1) / strides[d]) + 1;
    });
    if (reached.some((n) => n < 1))
      fail(
        this,
        `the window of kernelSize (kernel_size) [${kernelSize.join(', ')}] does not fit into inputs of sizes ${showShape(sizes)}`,
        'use padding: "same", a smaller kernelSize, or larger inputs',
      );
    return dataFormat === 'channels_first' ? [filters, ...reached] : [...reached, filters];
  }
  /** The states before the first step: zeros. The cell must be built. */
  getInitialState(batchSize: number): States {
    if (!this.built) fail(this, 'the shapes of its states are not known yet', 'call it, or build() it, first');
    const zero = (): Tensor => zeros([batchSize, ...this.#state], { dtype: this.computeDtype });
    return [zero(), zero()];
  }
  /** The part of a step that does not depend on the states. An axis of steps may come before the batch. */
  [project](x: Tensor, keep?: Keep): Tensor {
    const { strides, dilationRate, padding, dataFormat } = this;
    const window = { strides: [...strides], dilationRate: [...dilationRate], padding, dataFormat };
    const products = this.#convolve(x, this.kernel, keep, window);
    if (!this.bias) return products;
    const spread = this.#gateAxis(this.#rank + 2) === -1 ? [] : new Array<number>(this.#rank).fill(1);
    return add(products, reshape(this.bias, [this.bias.shape[0], ...spread]));
  }
  [step](projected: Tensor, [state, memory]: readonly Tensor[], keep?: Keep): [Tensor, Tensor[]] {
    const window = { padding: 'same', dataFormat: this.dataFormat } as const;
    const recurrent = this.#convolve(state, this.recurrentKernel, keep, window);
    const axis = this.#gateAxis(projected.shape.length);
    const [i, f, g, o] = split(add(projected, recurrent), 4, { axis }) as [Tensor, Tensor, Tensor, Tensor];
    const gate = this.recurrentActivation;
    const c = add(multiply(gate(f), memory), multiply(gate(i), this.activation(g)));
    const h = multiply(gate(o), this.activation(c));
    return [h, [h, c]];
  }
  /** The axis of channels in an array of the given rank. */
  #gateAxis(rank: number): number {
    return this.dataFormat === 'channels_first' ? rank - this.#rank - 1 : -1;
  }
  /** `x * kernel`, for the channels of each gate with its own pattern of kept elements. */
  #convolve(x: Tensor, kernel: Variable, keep: Keep, window: Parameters<typeof conv>[2]): Tensor {
    const examples = x.shape.slice(0, -1 - this.#rank);
    const apply = (part: Tensor, weights: Tensor | Variable): Tensor => {
      const y = conv(reshape(part, [-1, ...part.shape.slice(examples.length)]), weights, window);
      return reshape(y, [...examples, ...y.shape.slice(1)]);
    };
    if (!keep) return apply(x, kernel);
    const kernels = split(kernel, keep.length, { axis: -1 });
    const parts = keep.map((kept, k) => apply(multiply(x, kept), kernels[k]));
    return concatenate(parts, { axis: this.#gateAxis(x.shape.length) });
  }
  call(inputs: Tensor, states: States, options: CellOptions = {}): [Tensor, Tensor[]] {
    return callCell(this, inputs, states, options);
  }

  static {
    exactMethods(this);
  }
}
