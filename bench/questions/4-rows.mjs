import { floats } from '../numbers.mjs';

export const question = 'How fast are operations on rows, 4096 rows of 512?';

const [rows, width] = [4096, 512];
export const cases = [
  {
    name: 'softmax (GB/s: read once and written once)',
    bytes: rows * width * 8,
    hornbeam({ keras }) {
      const x = keras.tensor(floats(rows * width), { shape: [rows, width] });
      const softmax = keras.jit((x) => keras.ops.softmax(x));
      return () => softmax(x).dispose();
    },
    tfjs(tf) {
      const x = tf.tensor2d(floats(rows * width), [rows, width]);
      return () => tf.softmax(x).dispose();
    },
    jax({ numpy: np, nn, jit }) {
      const x = np.array(floats(rows * width)).reshape([rows, width]);
      const softmax = jit((x) => nn.softmax(x));
      return async () => (await softmax(x.ref).blockUntilReady()).dispose();
    },
  },
  {
    name: 'layer normalization (GB/s: read once and written once)',
    bytes: rows * width * 8,
    hornbeam({ keras }) {
      const x = keras.tensor(floats(rows * width), { shape: [rows, width] });
      const [gamma, beta] = [keras.tensor(floats(width, 1, 2)), keras.tensor(floats(width, 1, 3))];
      const normalize = keras.jit((x, gamma, beta) => keras.ops.layerNormalization(x, { gamma, beta, epsilon: 1e-3 }));
      return () => normalize(x, gamma, beta).dispose();
    },
    tfjs(tf) {
      const x = tf.tensor2d(floats(rows * width), [rows, width]);
      const [gamma, beta] = [tf.tensor1d(floats(width, 1, 2)), tf.tensor1d(floats(width, 1, 3))];
      return () =>
        tf
          .tidy(() => {
            const { mean, variance } = tf.moments(x, 1, true);
            return x.sub(mean).mul(variance.add(1e-3).rsqrt()).mul(gamma).add(beta);
          })
          .dispose();
    },
    jax({ numpy: np, nn, jit }) {
      const x = np.array(floats(rows * width)).reshape([rows, width]);
      const [gamma, beta] = [np.array(floats(width, 1, 2)), np.array(floats(width, 1, 3))];
      const normalize = jit((x, gamma, beta) => nn.standardize(x, -1).mul(gamma).add(beta));
      return async () => (await normalize(x.ref, gamma.ref, beta.ref).blockUntilReady()).dispose();
    },
  },
];
