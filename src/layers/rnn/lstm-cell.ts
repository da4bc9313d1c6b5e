import { exactMethods } from '../../base/exact.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { add, multiply, split } from '../../ops/index.ts';
import { SeedGenerator } from '../../random/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';
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
import { cellFields, recurrentActivationField } from './fields.ts';
import { forgetGateOpen } from './gates.ts';

export const lstmFields = {
  ...cellFields,
  /** Function applied to the gates. */
  recurrentActivation: recurrentActivationField,
  /** Whether the forget gate's bias begins at 1. */
  unitForgetBias: f.bool(true),
};

export interface LSTMCell extends Resolved<typeof lstmFields> {}
/**
 * One step of LSTM, with gates `i, f, g, o` from `x · kernel + h · recurrentKernel + bias`: `c = f · c + i · g`, `h = o · activation(c)`.
 * @see https://keras.io/api/layers/recurrent_layers/lstm_cell/
 */
export class LSTMCell extends Layer<
  typeof lstmFields,
  [inputs: Tensor, states: States, options?: CellOptions],
  [Tensor, Tensor[]]
> {
  static override readonly className = 'LSTMCell';
  static override readonly fields = lstmFields;
  override inputSpec: InputSpec = {};
  /** Sizes of its two states, the output and the memory: `[units, units]`. */
  readonly stateSize = [this.units, this.units];
  /** Size of its output: `units`. */
  readonly outputSize = this.units;
  readonly [gateCount] = 4;
  /** The weights of the inputs, `[channels, 4 · units]`: input gate, forget gate, candidate, output gate. */
  kernel!: Variable;
  /** The weights of the last output, `[units, 4 · units]`, in the same order. */
  recurrentKernel!: Variable;
  /** Added in the same order, `[4 · units]`; null without `useBias`. */
  bias: Variable | null = null;
  /** Where dropout takes its random numbers from. */
  readonly seedGenerator = new SeedGenerator({ seed: this.seed });

  override build(inputShape: SymbolicShape): void {
    const { units } = this;
    buildCell(
      this,
      { kernel: [inputShape.at(-1)!, 4 * units], recurrent: [units, 4 * units], bias: [4 * units] },
      this.unitForgetBias ? forgetGateOpen(this.biasInitializer, units) : this.biasInitializer,
    );
  }
  /** The states before the first step: zeros. */
  getInitialState(batchSize: number): States {
    return zeroStates(this.stateSize, batchSize);
  }
  /** The part of a step that does not depend on the states. */
  [project](x: Tensor, keep?: Keep): Tensor {
    const products = gatedProduct(x, this.kernel, keep);
    return this.bias ? add(products, this.bias) : products;
  }
  [step](projected: Tensor, [state, memory]: readonly Tensor[], keep?: Keep): [Tensor, Tensor[]] {
    const recurrent = gatedProduct(state, this.recurrentKernel, keep);
    const [i, f, g, o] = split(add(projected, recurrent), 4, { axis: -1 }) as Four;
    const gate = this.recurrentActivation;
    const c = add(multiply(gate(f), memory), multiply(gate(i), this.activation(g)));
    const h = multiply(gate(o), this.activation(c));
    return [h, [h, c]];
  }
  call(inputs: Tensor, states: States, options: CellOptions = {}): [Tensor, Tensor[]] {
    return callCell(this, inputs, states, options);
  }

  static {
    exactMethods(this);
  }
}
type Four = [Tensor, Tensor, Tensor, Tensor];
