import { exactMethods } from '../../base/exact.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { add, getItem, matmul, multiply, split, subtract } from '../../ops/index.ts';
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

export const gruFields = {
  ...cellFields,
  /** Function applied to the gates. */
  recurrentActivation: recurrentActivationField,
  /** Whether the reset gate is applied after the state is multiplied by its weights, rather than before. */
  resetAfter: f.bool(true),
};

export interface GRUCell extends Resolved<typeof gruFields> {}
/**
 * One step of GRU, with gates z and r: `h = z · h + (1 - z) · activation(x · kernel + r · (h · recurrentKernel))`.
 * @see https://keras.io/api/layers/recurrent_layers/gru_cell/
 */
export class GRUCell extends Layer<
  typeof gruFields,
  [inputs: Tensor, states: States, options?: CellOptions],
  [Tensor, Tensor[]]
> {
  static override readonly className = 'GRUCell';
  static override readonly fields = gruFields;
  override inputSpec: InputSpec = {};
  /** Size of its only state, the output: `units`. */
  readonly stateSize = this.units;
  /** Size of its output: `units`. */
  readonly outputSize = this.units;
  readonly [gateCount] = 3;
  /** The weights of the inputs, `[channels, 3 · units]`: update gate, reset gate, candidate. */
  kernel!: Variable;
  /** The weights of the state, `[units, 3 · units]`, in the same order. */
  recurrentKernel!: Variable;
  /** `[2, 3 · units]`, for inputs and state apart; `[3 · units]` without `resetAfter`, null without `useBias`. */
  bias: Variable | null = null;
  /** Where dropout takes its random numbers from. */
  readonly seedGenerator = new SeedGenerator({ seed: this.seed });

  override build(inputShape: SymbolicShape): void {
    const width = 3 * this.units;
    buildCell(this, {
      kernel: [inputShape.at(-1)!, width],
      recurrent: [this.units, width],
      bias: this.resetAfter ? [2, width] : [width],
    });
  }
  /** The states before the first step: zeros. */
  getInitialState(batchSize: number): States {
    return zeroStates(this.stateSize, batchSize);
  }
  /** The part of a step that does not depend on the state. */
  [project](x: Tensor, keep?: Keep): Tensor {
    const products = gatedProduct(x, this.kernel, keep);
    if (!this.bias) return products;
    return add(products, this.resetAfter ? getItem(this.bias, 0) : this.bias);
  }
  [step](projected: Tensor, [state]: readonly Tensor[], keep?: Keep): [Tensor, Tensor[]] {
    const [xz, xr, xh] = split(projected, 3, { axis: -1 }) as Three;
    const gate = this.recurrentActivation;
    let z: Tensor;
    let inner: Tensor;
    if (this.resetAfter) {
      const products = gatedProduct(state, this.recurrentKernel, keep);
      const biased = this.bias ? add(products, getItem(this.bias, 1)) : products;
      const [hz, hr, hh] = split(biased, 3, { axis: -1 }) as Three;
      z = gate(add(xz, hz));
      inner = multiply(gate(add(xr, hr)), hh);
    } else {
      const [gates, own] = split(this.recurrentKernel, [2 * this.units], { axis: -1 }) as [Tensor, Tensor];
      const [hz, hr] = split(gatedProduct(state, gates, keep?.slice(0, 2)), 2, { axis: -1 }) as [Tensor, Tensor];
      z = gate(add(xz, hz));
      const kept = keep ? multiply(state, keep[2]) : state;
      inner = matmul(multiply(gate(add(xr, hr)), kept), own);
    }
    const candidate = this.activation(add(xh, inner));
    const next = add(multiply(z, state), multiply(subtract(1, z), candidate));
    return [next, [next]];
  }
  call(inputs: Tensor, states: States, options: CellOptions = {}): [Tensor, Tensor[]] {
    return callCell(this, inputs, states, options);
  }

  static {
    exactMethods(this);
  }
}
type Three = [Tensor, Tensor, Tensor];
