import { ConvLSTM, type ConvLSTMOptions, convLstmLayerFields } from './conv-lstm.ts';
import { ConvLSTMCell, convLstmFields } from './conv-lstm-cell.ts';

class Cell extends ConvLSTMCell {
  static override readonly className = 'ConvLSTMCell';
  static override readonly fields = convLstmFields(2);
}
/**
 * An LSTM over videos whose products are convolutions (Shi 2015, without peepholes): `(n, t, height, width, channels)` becomes `(n, height, width, filters)`, with
 * `returnSequences` `(n, t, height, width, filters)`; sizes change as with Conv2D, by `padding` and `strides`. With `dataFormat:
 * 'channels_first'` inputs are `(n, t, channels, height, width)`. Defaults are Keras's: `tanh`, gates `sigmoid`, `valid`
 * padding. Strides and dilation may not both exceed 1; spatial sizes must be known.
 * @example new ConvLSTM2D({ filters: 4, kernelSize: 3, padding: 'same' })(Input({ shape: [null, 32, 32, 3] }))
 * @see https://keras.io/api/layers/recurrent_layers/conv_lstm2d/
 */
export class ConvLSTM2D extends ConvLSTM {
  static override readonly className = 'ConvLSTM2D';
  static override readonly fields = convLstmLayerFields(2);

  constructor(options: ConvLSTMOptions, ...surplus: undefined[]) {
    super(options, Cell, ...surplus);
  }
}
