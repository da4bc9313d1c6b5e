import type { Options, Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { SeedGenerator } from '../../random/index.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import type { LayerOptions } from '../layer/layer.ts';
import { cellFields, sequenceFields } from './fields.ts';
import { cellOptions, RecurrentLayer } from './recurrent-layer.ts';
import { SimpleRNNCell } from './simple-rnn-cell.ts';

const fields = { ...sequenceFields, ...cellFields, activityRegularizer: regularizerField() };

export interface SimpleRNN extends Omit<Resolved<typeof fields>, 'zeroOutputForMask'> {}
/** A recurrence: `h = activation(x · kernel + h · recurrentKernel + bias)` at each step of `[n, t, c]`. @example new SimpleRNN({ units: 32, returnSequences: true })(x) @see https://keras.io/api/layers/recurrent_layers/simple_rnn/ */
export class SimpleRNN extends RecurrentLayer<typeof fields> {
  static override readonly className = 'SimpleRNN';
  static override readonly fields = fields;
  override inputSpec: InputSpec = { ndim: 3 };
  /** Computes one step, and holds the weights. */
  readonly cell: SimpleRNNCell;

  constructor(options: Options<typeof fields> & LayerOptions, ...surplus: undefined[]) {
    const seeds = new SeedGenerator({ seed: options.seed ?? null });
    super(options, ...surplus);
    this.cell = new SimpleRNNCell(cellOptions(this, cellFields, 'simple_rnn_cell'), seeds);
  }
  override getConfig(): Config {
    const { seed: _, ...config } = super.getConfig();
    return config;
  }
}
