import { exactMethods } from '../../base/exact.ts';
import type { Options, Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { add } from '../../ops/index.ts';
import { SeedGenerator } from '../../random/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import {
  buildCell,
  type CellOptions,
  callCell,
  gateCount,
  gatedProduct,
  type Keep,
  project,
  type States,
  step,
  zeroStates,
} from './cell.ts';
import { cellFields as fields } from './fields.ts';

export interface SimpleRNNCell extends Resolved<typeof fields> {}
/** One step of SimpleRNN: `h = activation(x · kernel + h · recurrentKernel + bias)`. @see https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/ */
export class SimpleRNNCell extends Layer<
  typeof fields,
  [inputs: Tensor, states: States, options?: CellOptions],
  [Tensor, Tensor[]]
> {
  static override readonly className = 'SimpleRNNCell';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  /** Size of its only state, the output: `units`. */
  readonly stateSize = this.units;
  /** Size of its output: `units`. */
  readonly outputSize = this.units;
  readonly [gateCount] = 1;
  /** The weights of the inputs, `[channels, units]`. */
  kernel!: Variable;
  /** The weights of the last output, `[units, units]`. */
  recurrentKernel!: Variable;
  /** Added to each unit, `[units]`; null without `useBias`. */
  bias: Variable | null = null;
  /** Where dropout takes its random numbers from. */
  readonly seedGenerator: SeedGenerator;

  /** The generator's seed is drawn before those of the initializers, as in Keras: weights are then equal for equal seeds. */
  constructor(
    options: Options<typeof fields> & LayerOptions,
    seedGenerator: SeedGenerator = new SeedGenerator({ seed: options.seed ?? null }),
    ...surplus: undefined[]
  ) {
    super(options, ...surplus);
    this.seedGenerator = seedGenerator;
  }

  override build(inputShape: SymbolicShape): void {
    const { units } = this;
    buildCell(this, { kernel: [inputShape.at(-1)!, units], recurrent: [units, units], bias: [units] });
  }
  /** The states before the first step: zeros. */
  getInitialState(batchSize: number): States {
    return zeroStates(this.stateSize, batchSize);
  }
  /** The part of a step that does not depend on the state. */
  [project](x: Tensor, keep?: Keep): Tensor {
    const products = gatedProduct(x, this.kernel, keep);
    return this.bias ? add(products, this.bias) : products;
  }
  [step](projected: Tensor, [state]: readonly Tensor[], keep?: Keep): [Tensor, Tensor[]] {
    const next = this.activation(add(projected, gatedProduct(state, this.recurrentKernel, keep)));
    return [next, [next]];
  }
  call(inputs: Tensor, states: States, options: CellOptions = {}): [Tensor, Tensor[]] {
    return callCell(this, inputs, states, options);
  }

  static {
    exactMethods(this);
  }
}
