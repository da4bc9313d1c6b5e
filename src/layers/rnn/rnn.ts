import { fail } from '../../base/errors.ts';
import type { Options, Resolved } from '../../base/field/field.ts';
import { optionsOf } from '../layer/inner.ts';
import type { AnyLayer, LayerOptions } from '../layer/layer.ts';
import { type LayerLike, layerField } from '../nested-layer.ts';
import type { Cell } from './cell.ts';
import { sequenceFields } from './fields.ts';
import { RecurrentLayer } from './recurrent-layer.ts';
import { StackedRNNCells } from './stacked-rnn-cells.ts';

const cellField = layerField();
const stacked = (cells: readonly Cell[]): AnyLayer => new StackedRNNCells({ cells });
const fields = {
  ...sequenceFields,
  /** What is done at each step: a layer with `stateSize` and `call(inputs, states)`; a list of them is stacked. */
  cell: {
    ...cellField,
    check: (v: unknown): v is LayerLike => Array.isArray(v) || cellField.check(v),
    parse: (v: LayerLike | readonly Cell[]): AnyLayer =>
      Array.isArray(v as unknown) ? stacked(v as readonly Cell[]) : cellField.parse(v as LayerLike),
  },
};

export interface RNN extends Omit<Resolved<typeof fields>, 'zeroOutputForMask' | 'cell'> {}
/** Runs a cell over sequences `[n, t, …]`. @example new RNN({ cell: new GRUCell({ units: 8 }) })(x) @see https://keras.io/api/layers/recurrent_layers/rnn/ */
export class RNN extends RecurrentLayer<typeof fields> {
  static override readonly className = 'RNN';
  static override readonly fields = fields;
  readonly cell: Cell;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    this.cell = optionsOf(this).cell as Cell;
    if (this.cell.stateSize === undefined)
      fail(
        this,
        `the cell ${String(this.cell)} has no state_size (stateSize)`,
        'give a cell with the property stateSize: an integer, or a list of one for each state',
      );
  }
}
