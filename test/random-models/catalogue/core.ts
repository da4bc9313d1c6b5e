import { activation, activations, type Entry, isFloat, ofAnyRank, ofRank, sizeOf, weightOptions } from './entry.ts';

const isInteger = (t: { readonly below?: number }): boolean => t.below !== undefined;

export const core: Readonly<Record<string, Entry>> = {
  Dense: {
    fits: ofAnyRank,
    make: (draw) => ({
      config: {
        units: draw.size(),
        ...activation(draw),
        ...(draw.oneIn(4) && { use_bias: false }),
        ...weightOptions(draw),
      },
    }),
  },
  Activation: { fits: ofAnyRank, make: (draw) => ({ config: { activation: draw.of(activations) } }) },
  Identity: { fits: isFloat, make: () => ({}) },
  ReLU: {
    fits: ofAnyRank,
    make: (draw) => ({
      config: {
        ...(draw.oneIn(2) && { max_value: draw.from(1, 6) }),
        ...(draw.oneIn(2) && { negative_slope: 0.1 }),
        ...(draw.oneIn(3) && { threshold: 0.2 }),
      },
    }),
  },
  LeakyReLU: { fits: ofAnyRank, make: (draw) => ({ config: { negative_slope: draw.of([0.3, 0.1, 0.5]) } }) },
  ELU: { fits: ofAnyRank, make: (draw) => ({ config: { alpha: draw.of([1, 0.5, 2]) } }) },
  PReLU: {
    fits: ofAnyRank,
    make: (draw, { shape }) => ({
      config: {
        alpha_initializer: 'glorot_uniform',
        ...(shape.length > 1 && draw.oneIn(2) && { shared_axes: [draw.from(1, shape.length)] }),
      },
    }),
  },
  Softmax: {
    // A mask of steps is added to what it is given, which fits no sequence of vectors.
    fits: ofRank(1, 3, 4),
    make: (draw, { shape }) => ({ config: { axis: draw.of([-1, draw.from(1, shape.length)]) } }),
  },
  EinsumDense: {
    fits: ofRank(1, 2, 3),
    make(draw, { shape }) {
      const own = 'bcd'.slice(0, shape.length);
      const left = own.slice(0, -1);
      const c = own.at(-1)!;
      const [m, n] = [draw.size(12), draw.size(8)];
      if (draw.oneIn(2))
        return {
          config: {
            equation: `a${own},${c}yz->a${left}yz`,
            output_shape: [...shape.slice(0, -1), m, n],
            ...(draw.oneIn(2) && { bias_axes: draw.of(['yz', 'z', 'y']) }),
          },
        };
      return {
        config: {
          equation: `a${own},${c}z->a${left}z`,
          output_shape: [...shape.slice(0, -1), m],
          ...(draw.oneIn(2) && { bias_axes: 'z' }),
          ...activation(draw),
        },
      };
    },
  },
  Embedding: {
    fits: isInteger,
    make: (draw, { below }) => ({
      config: {
        input_dim: below! + draw.below(3),
        output_dim: draw.size(),
        ...(draw.oneIn(3) && { mask_zero: true }),
        ...weightOptions(draw, 'embeddings'),
      },
    }),
  },
  ReversibleEmbedding: {
    fits: isInteger,
    make: (draw, { below }) => ({ config: { input_dim: below!, output_dim: draw.size() } }),
  },
  CategoryEncoding: {
    fits: (t) => isInteger(t) && t.shape.length === 1,
    make: (draw, { below }) => ({
      config: { num_tokens: below!, output_mode: draw.of(['multi_hot', 'count', 'one_hot']) },
    }),
  },
  Masking: { fits: ofRank(2), make: (draw) => ({ config: { mask_value: draw.of([0, 1]) } }) },
  Rescaling: {
    fits: ofAnyRank,
    make: (draw) => ({ config: { scale: draw.of([0.5, 2, -1]), offset: draw.of([0, 0.25]) } }),
  },
  Normalization: {
    fits: ofAnyRank,
    make: (draw, { shape }) => ({
      config: draw.oneIn(2)
        ? { axis: null, mean: 0.1, variance: 2, invert: draw.oneIn(3) }
        : { axis: -1, mean: shape.slice(-1).flatMap((n) => Array.from({ length: n }, (_, k) => k % 3)), variance: 1.5 },
    }),
  },
  ActivityRegularization: { fits: ofAnyRank, make: (draw) => ({ config: { l1: 0.01, l2: draw.of([0, 0.02]) } }) },
  Dropout: {
    fits: ofAnyRank,
    make: (draw, { shape }) => ({
      config: {
        rate: draw.of([0.5, 0.1, 0.9]),
        ...(draw.oneIn(4) && { noise_shape: [null, ...shape.map((n) => (draw.oneIn(2) ? 1 : n))] }),
      },
    }),
  },
  AlphaDropout: { fits: ofAnyRank, make: (draw) => ({ config: { rate: draw.of([0.5, 0.1]) } }) },
  GaussianDropout: { fits: ofAnyRank, make: (draw) => ({ config: { rate: draw.of([0.5, 0.1]) } }) },
  GaussianNoise: { fits: ofAnyRank, make: (draw) => ({ config: { stddev: draw.of([0.5, 0.1]) } }) },
  SpectralNormalization: {
    fits: (t) => isFloat(t) && t.shape.length > 0 && sizeOf(t.shape) > 0,
    make: (draw) => ({
      config: {
        layer: { module: 'keras.layers', class_name: 'Dense', config: { units: draw.size(16) } },
        power_iterations: draw.from(1, 2),
      },
    }),
  },
};
