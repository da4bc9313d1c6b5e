import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import type { Options, Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { zeros } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { optionsOf } from '../layer/inner.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';
import { layersField } from '../nested-layer.ts';
import {
  beginSequence,
  type Cell,
  type CellOptions,
  initialStatesOf,
  type StateSize,
  type States,
  type Step,
  sequenceStep,
} from './cell.ts';

const fields = {
  /** The cells, from the first to the last: each receives the output of the one before. */
  cells: layersField(),
};
const firstOf = (size: StateSize): number => (typeof size === 'number' ? size : firstOf(size[0]));
const outputSizeOf = (cell: Cell): number => cell.outputSize ?? firstOf(cell.stateSize);

export interface StackedRNNCells extends Omit<Resolved<typeof fields>, 'cells'> {}
/** Several cells as one. @see https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/ */
export class StackedRNNCells extends Layer<
  typeof fields,
  [inputs: Tensor, states: States, options?: CellOptions],
  [Tensor, States]
> {
  static override readonly className = 'StackedRNNCells';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  readonly cells: readonly Cell[];
  /** The state sizes of the cells, in their order. */
  readonly stateSize: readonly StateSize[];
  /** Size of the last cell's output. */
  readonly outputSize: number;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    this.cells = optionsOf(this).cells as readonly Cell[];
    const without = this.cells.find((cell) => cell.stateSize === undefined);
    if (without || this.cells.length === 0)
      fail(
        this,
        without ? `the cell ${String(without)} has no state_size (stateSize)` : 'it has no cells',
        'give a list of cells, such as GRUCell',
      );
    this.stateSize = this.cells.map((cell) => cell.stateSize);
    this.outputSize = outputSizeOf(this.cells.at(-1)!);
  }
  override build(inputShape: SymbolicShape): void {
    let shape = inputShape;
    for (const cell of this.cells) {
      cell.build(shape);
      shape = [inputShape[0], outputSizeOf(cell)];
    }
  }
  /** The states of all cells before the first step; zeros unless a cell says otherwise. */
  getInitialState(batchSize: number): States {
    return this.cells.map((cell) => {
      const states = initialStatesOf(cell, batchSize);
      return Array.isArray(states) ? states : [states];
    });
  }
  call(inputs: Tensor, states: States, { training = false }: CellOptions = {}): [Tensor, States] {
    return this[sequenceStep](inputs, states, training)(inputs, states);
  }
  /** One step through all cells, in each of which what is dropped is the same at every step. */
  [sequenceStep](first: Tensor, initial: States, training: boolean): Step {
    const batch = first.shape[0];
    const steps = this.cells.map((cell, k) => {
      const own = listOf((initial as readonly States[])[k]);
      const input = k === 0 ? first : zeros([batch, outputSizeOf(this.cells[k - 1])], { dtype: first.dtype });
      return beginSequence(cell, input, own, training);
    });
    return (x, states) => {
      let output = x;
      const next = steps.map((step, k) => {
        const before = (states as readonly States[])[k];
        const [y, after] = step(output, listOf(before));
        output = y;
        return Array.isArray(before) ? after : (after as readonly States[])[0];
      });
      return [output, next];
    };
  }

  static {
    exactMethods(this);
  }
}
const listOf = (states: States): readonly States[] => (Array.isArray(states) ? states : [states]) as readonly States[];
