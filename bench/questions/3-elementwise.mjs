import { floats } from '../numbers.mjs';

export const question = 'How fast is a chain of 8 elementwise operations?';

const count = 4 * 2 ** 20;
export const cases = [
  {
    name: 'sqrt(max((2 x + 1)^2 - x, 0) + 1) / 3 on 4 M floats (GB/s: read once and written once)',
    bytes: count * 8,
    hornbeam({ keras }) {
      const { ops } = keras;
      const x = keras.tensor(floats(count));
      const chain = keras.jit((x) => {
        const square = ops.square(ops.add(ops.multiply(x, 2), 1));
        return ops.divide(ops.sqrt(ops.add(ops.maximum(ops.subtract(square, x), 0), 1)), 3);
      });
      return () => chain(x).dispose();
    },
    tfjs(tf) {
      const x = tf.tensor1d(floats(count));
      return () => tf.tidy(() => x.mul(2).add(1).square().sub(x).maximum(0).add(1).sqrt().div(3)).dispose();
    },
    jax({ numpy: np, jit }) {
      const x = np.array(floats(count));
      const chain = jit((x) => {
        const square = np.square(x.ref.mul(2).add(1));
        return np.sqrt(np.maximum(square.sub(x), 0).add(1)).div(3);
      });
      return async () => (await chain(x.ref).blockUntilReady()).dispose();
    },
  },
];
