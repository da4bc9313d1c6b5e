import { blame } from '../../base/errors.ts';
import type { Options, Resolved } from '../../base/field/field.ts';
import type { Shape, SymbolicShape } from '../../base/shape.ts';
import { SeedGenerator } from '../../random/index.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import type { LayerOptions } from '../layer/layer.ts';
import type { States } from './cell.ts';
import { type ConvLSTMCell, convLstmFields } from './conv-lstm-cell.ts';
import { sequenceFields } from './fields.ts';
import { cellOptions, RecurrentLayer } from './recurrent-layer.ts';

/** Options of a layer that runs a convolutional LSTM over sequences with `rank` spatial axes. */
export const convLstmLayerFields = (rank: number) => ({
  ...sequenceFields,
  ...convLstmFields(rank),
  /** Penalty on the output, added to the loss. */
  activityRegularizer: regularizerField(),
});
type ConvLSTMLayerFields = ReturnType<typeof convLstmLayerFields>;
export type ConvLSTMOptions = Options<ConvLSTMLayerFields> & LayerOptions;

export interface ConvLSTM extends Omit<Resolved<ConvLSTMLayerFields>, 'zeroOutputForMask'> {}
/** What convolutional LSTMs over one, two and three spatial axes share. */
export abstract class ConvLSTM extends RecurrentLayer<ConvLSTMLayerFields> {
  override inputSpec: InputSpec;
  /** Computes one step, and holds the weights. */
  readonly cell: ConvLSTMCell;

  constructor(options: ConvLSTMOptions, Cell: typeof ConvLSTMCell, ...surplus: undefined[]) {
    const seeds = new SeedGenerator({ seed: options.seed ?? null });
    super(options, ...surplus);
    this.inputSpec = { ndim: this.kernelSize.length + 3 };
    this.cell = new Cell(cellOptions(this, Cell.fields, 'conv_lstm_cell') as ConvLSTMOptions, seeds);
  }
  override build(inputShape: SymbolicShape): void {
    blame(`${this.className} "${this.name}"`, () => super.build(inputShape));
  }
  protected override firstStates(step: Shape): States {
    return this.cell.getInitialState(step[0]);
  }
  override computeMask(_inputs: unknown, mask: Tensor | null | undefined): any {
    const own = this.returnSequences ? (mask ?? null) : null;
    return this.returnState ? [own, null, null] : own;
  }
}
