import { floats } from '../numbers.mjs';

export const question = 'How fast is a product of float32 matrices?';
export const cases = [256, 1024].map((n) => ({
  name: `${n} x ${n} x ${n}`,
  flops: 2 * n ** 3,
  hornbeam({ keras }) {
    const [a, b] = [1, 2].map((seed) => keras.tensor(floats(n * n, 1, seed), { shape: [n, n] }));
    const product = keras.jit((a, b) => keras.ops.matmul(a, b));
    return () => product(a, b).dispose();
  },
  tfjs(tf) {
    const [a, b] = [1, 2].map((seed) => tf.tensor2d(floats(n * n, 1, seed), [n, n]));
    return () => tf.matMul(a, b).dispose();
  },
  jax({ numpy: np, jit }) {
    const [a, b] = [1, 2].map((seed) => np.array(floats(n * n, 1, seed)).reshape([n, n]));
    const product = jit((a, b) => np.matmul(a, b));
    return async () => (await product(a.ref, b.ref).blockUntilReady()).dispose();
  },
}));
