import { ConvLSTM, type ConvLSTMOptions, convLstmLayerFields } from './conv-lstm.ts';
import { ConvLSTMCell, convLstmFields } from './conv-lstm-cell.ts';

class Cell extends ConvLSTMCell {
  static override readonly className = 'ConvLSTMCell';
  static override readonly fields = convLstmFields(3);
}
/**
 * An LSTM over sequences of volumes whose products are convolutions (Shi 2015, without peepholes): `(n, t, depth, height, width, channels)` becomes `(n, depth, height, width, filters)`, with
 * `returnSequences` `(n, t, depth, height, width, filters)`; sizes change as with Conv3D, by `padding` and `strides`. With `dataFormat:
 * 'channels_first'` inputs are `(n, t, channels, depth, height, width)`. Defaults are Keras's: `tanh`, gates `sigmoid`, `valid`
 * padding. Strides and dilation may not both exceed 1; spatial sizes must be known.
 * @example new ConvLSTM3D({ filters: 4, kernelSize: 3, padding: 'same' })(Input({ shape: [null, 8, 16, 16, 1] }))
 * @see https://keras.io/api/layers/recurrent_layers/conv_lstm3d/
 */
export class ConvLSTM3D extends ConvLSTM {
  static override readonly className = 'ConvLSTM3D';
  static override readonly fields = convLstmLayerFields(3);

  constructor(options: ConvLSTMOptions, ...surplus: undefined[]) {
    super(options, Cell, ...surplus);
  }
}
