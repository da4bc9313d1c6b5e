import type { Draw } from '../draw.ts';
import { activations, type Entry, isFloat, type Known, ofRank } from './entry.ts';

const layer = (class_name: string, config: object) => ({ module: 'keras.layers', class_name, config });

const recurrentOptions = (draw: Draw): Record<string, unknown> => ({
  units: draw.size(20),
  ...(draw.oneIn(4) && { activation: draw.of(['relu', 'sigmoid', 'softsign']) }),
  ...(draw.oneIn(4) && { use_bias: false }),
  ...(draw.oneIn(5) && { dropout: 0.3, seed: 3 }),
  ...(draw.oneIn(6) && { recurrent_dropout: 0.2, seed: 4 }),
});
const sequenceOptions = (draw: Draw): Record<string, unknown> => ({
  ...(draw.oneIn(2) && { return_sequences: true }),
  ...(draw.oneIn(5) && { go_backwards: true }),
  ...(draw.oneIn(6) && { unroll: true }),
});
/** Sequences that are short enough to be written out. */
const isSequence = (t: Known): boolean => ofRank(2)(t) && t.shape[0]! <= 12;
const recurrent = (own: (draw: Draw) => object = () => ({})): Entry => ({
  fits: isSequence,
  make: (draw) => ({
    config: {
      ...recurrentOptions(draw),
      ...sequenceOptions(draw),
      ...(draw.oneIn(5) && { return_state: true }),
      ...own(draw),
    },
  }),
});
/** A recurrent layer over so many spatial axes: steps first, channels last. */
const convolutional = (rank: number): Entry => ({
  fits: (t) => ofRank(rank + 2)(t) && t.shape[0]! <= 6,
  make(draw, { shape }) {
    const padding = draw.of(['valid', 'same']);
    const { units, ...options } = recurrentOptions(draw);
    return {
      config: {
        filters: Math.min(units as number, 8),
        ...options,
        kernel_size: shape.slice(1, -1).map((n) => draw.from(1, padding === 'valid' ? Math.min(n, 3) : 3)),
        padding,
        ...(draw.oneIn(2) && { return_sequences: true }),
        ...(draw.oneIn(5) && { go_backwards: true }),
      },
    };
  },
});
const resets = (draw: Draw) => (draw.oneIn(3) ? { reset_after: false } : {});
const cell = (draw: Draw): object => {
  const name = draw.of(['SimpleRNNCell', 'GRUCell', 'LSTMCell']);
  return layer(name, { ...recurrentOptions(draw), ...(name === 'GRUCell' && resets(draw)) });
};

/** Other tensors to attend to: sequences of as many features. */
const partners = (t: Known, known: readonly Known[]): Known[] =>
  known.filter((o) => isFloat(o) && o.shape.length === 2 && o.shape[1] === t.shape[1]);
const attention = (own: (draw: Draw) => object): Entry => ({
  fits: ofRank(2),
  make(draw, t, { known }) {
    const value = draw.of([t, ...partners(t, known)]);
    return { config: { ...own(draw), ...(draw.oneIn(4) && { dropout: 0.2, seed: 5 }) }, on: [[t.id, value.id]] };
  },
});

/** Layers over sequences, and those that hold others. */
export const sequential: Readonly<Record<string, Entry>> = {
  SimpleRNN: recurrent(),
  GRU: recurrent(resets),
  LSTM: recurrent((draw) => (draw.oneIn(4) ? { unit_forget_bias: false } : {})),
  ConvLSTM1D: convolutional(1),
  ConvLSTM2D: convolutional(2),
  ConvLSTM3D: convolutional(3),
  STFTSpectrogram: {
    fits: (t) => ofRank(2)(t) && t.shape[0]! >= 4,
    make: (draw) => ({
      config: {
        mode: draw.of(['log', 'magnitude', 'psd', 'real', 'imag', 'stft']),
        frame_length: 4,
        frame_step: draw.from(1, 4),
        padding: draw.of(['valid', 'same']),
        // It refuses bfloat16.
        dtype: 'float32',
      },
    }),
  },
  MelSpectrogram: {
    fits: ofRank(1),
    make: (draw) => ({
      config: {
        fft_length: 16,
        sequence_stride: draw.from(2, 8),
        num_mel_bins: draw.from(2, 8),
        sampling_rate: 100,
        min_freq: 2,
        dtype: 'float32',
      },
    }),
  },
  RNN: {
    fits: isSequence,
    make(draw) {
      const inner = draw.oneIn(2)
        ? layer('StackedRNNCells', { cells: Array.from({ length: draw.from(1, 3) }, () => cell(draw)) })
        : cell(draw);
      return { config: { cell: inner, ...sequenceOptions(draw) } };
    },
  },
  Bidirectional: {
    fits: isSequence,
    make: (draw) => ({
      config: {
        layer: layer(draw.of(['SimpleRNN', 'GRU', 'LSTM']), { ...recurrentOptions(draw), ...sequenceOptions(draw) }),
        merge_mode: draw.of(['concat', 'sum', 'ave', 'mul', null]),
      },
    }),
  },
  TimeDistributed: {
    fits: ofRank(2, 3, 4),
    make(draw, { shape }) {
      const plain = [
        layer('Dense', { units: draw.size(16), activation: draw.of(activations) }),
        layer('LayerNormalization', {}),
        ...(shape[0]! <= 8 ? [layer('Dropout', { rate: 0.3, seed: 6 })] : []),
      ];
      const overImages = [layer('Conv2D', { filters: draw.size(8), kernel_size: 3, padding: 'same' })];
      return { config: { layer: draw.of(shape.length === 4 ? [...overImages, ...plain] : plain) } };
    },
  },
  Attention: attention((draw) => ({
    ...(draw.oneIn(2) && { use_scale: true }),
    ...(draw.oneIn(3) && { score_mode: 'concat' }),
  })),
  AdditiveAttention: attention((draw) => (draw.oneIn(3) ? { use_scale: false } : {})),
  MultiHeadAttention: {
    fits: ofRank(2, 3),
    make(draw, t, { known }) {
      const value = t.shape.length === 2 ? draw.of([t, ...partners(t, known)]) : t;
      return {
        config: {
          num_heads: draw.from(1, 4),
          key_dim: draw.size(12),
          ...(draw.oneIn(3) && { value_dim: draw.size(8) }),
          ...(draw.oneIn(4) && { dropout: 0.2, seed: 7 }),
          ...(draw.oneIn(4) && { use_bias: false }),
          ...(draw.oneIn(4) && { output_shape: draw.size(16) }),
          ...(t.shape.length === 3 && { attention_axes: draw.of([[2], [1], [1, 2]]) }),
        },
        on: [t.id, value.id],
      };
    },
  },
  GroupQueryAttention: {
    fits: ofRank(2),
    make(draw, t, { known }) {
      const heads = draw.from(1, 2);
      const value = draw.of([t, ...partners(t, known)]);
      return {
        config: {
          head_dim: draw.size(8),
          num_query_heads: heads * draw.from(1, 2),
          num_key_value_heads: heads,
          ...(draw.oneIn(4) && { dropout: 0.2, seed: 8 }),
        },
        on: [t.id, value.id],
      };
    },
  },
};
