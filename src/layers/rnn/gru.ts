import type { Options, Resolved } from '../../base/field/field.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import type { LayerOptions } from '../layer/layer.ts';
import { sequenceFields } from './fields.ts';

import { GRUCell, gruFields } from './gru-cell.ts';
import { cellOptions, RecurrentLayer } from './recurrent-layer.ts';

const fields = { ...sequenceFields, ...gruFields, activityRegularizer: regularizerField() };

export interface GRU extends Omit<Resolved<typeof fields>, 'zeroOutputForMask'> {}
/** Gated recurrent units over sequences `[n, t, c]` (Cho et al. 2014). @example new GRU({ units: 32, returnSequences: true })(x) @see https://keras.io/api/layers/recurrent_layers/gru/ */
export class GRU extends RecurrentLayer<typeof fields> {
  static override readonly className = 'GRU';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 3 };
  /** Computes one step, and holds the weights. */
  readonly cell: GRUCell;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    this.cell = new GRUCell(cellOptions(this, gruFields, 'gru_cell'));
  }
}
