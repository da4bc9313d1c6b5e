import { ConvLSTM, type ConvLSTMOptions, convLstmLayerFields } from './conv-lstm.ts';
import { ConvLSTMCell, convLstmFields } from './conv-lstm-cell.ts';

class Cell extends ConvLSTMCell {
  static override readonly className = 'ConvLSTMCell';
  static override readonly fields = convLstmFields(1);
}
/**
 * An LSTM over sequences of signals whose products are convolutions (Shi 2015, without peepholes): `(n, t, length, channels)` becomes `(n, length, filters)`, with
 * `returnSequences` `(n, t, length, filters)`; sizes change as with Conv1D, by `padding` and `strides`. With `dataFormat:
 * 'channels_first'` inputs are `(n, t, channels, length)`. Defaults are Keras's: `tanh`, gates `sigmoid`, `valid`
 * padding. Strides and dilation may not both exceed 1; spatial sizes must be known.
 * @example new ConvLSTM1D({ filters: 4, kernelSize: 3, padding: 'same' })(Input({ shape: [null, 16, 8] }))
 * @see https://keras.io/api/layers/recurrent_layers/conv_lstm1d/
 */
export class ConvLSTM1D extends ConvLSTM {
  static override readonly className = 'ConvLSTM1D';
  static override readonly fields = convLstmLayerFields(1);

  constructor(options: ConvLSTMOptions, ...surplus: undefined[]) {
    super(options, Cell, ...surplus);
  }
}
