import type { Options, Resolved } from '../../base/field/field.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import type { LayerOptions } from '../layer/layer.ts';
import { sequenceFields } from './fields.ts';

import { LSTMCell, lstmFields } from './lstm-cell.ts';
import { cellOptions, RecurrentLayer } from './recurrent-layer.ts';

const fields = { ...sequenceFields, ...lstmFields, activityRegularizer: regularizerField() };

export interface LSTM extends Omit<Resolved<typeof fields>, 'zeroOutputForMask'> {}
/** Long short-term memory over sequences `[n, t, c]` (Hochreiter 1997). @example new LSTM({ units: 32, returnSequences: true })(x) @see https://keras.io/api/layers/recurrent_layers/lstm/ */
export class LSTM extends RecurrentLayer<typeof fields> {
  static override readonly className = 'LSTM';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 3 };
  /** Computes one step, and holds the weights. */
  readonly cell: LSTMCell;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    this.cell = new LSTMCell(cellOptions(this, lstmFields, 'lstm_cell'));
  }
}
