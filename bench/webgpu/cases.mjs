import { trainingStep } from '../models/training-step.mjs';
import { floats } from '../numbers.mjs';

const matmul = (n, dtype) => ({
  name: `matmul ${n}, ${dtype}`,
  flops: 2 * n ** 3,
  hornbeam({ keras }) {
    const [a, b] = [1, 2].map((seed) => keras.ops.cast(keras.tensor(floats(n * n, 1, seed), { shape: [n, n] }), dtype));
    const product = keras.jit((a, b) => keras.ops.matmul(a, b));
    return () => product(a, b).dispose();
  },
  ...(dtype === 'float32'
    ? {
        tfjs(tf) {
          const [a, b] = [1, 2].map((seed) => tf.tensor2d(floats(n * n, 1, seed), [n, n]));
          return () => tf.matMul(a, b).dispose();
        },
      }
    : { tfjs: 'it has no float16.' }),
  jax({ numpy: np, jit }) {
    const [a, b] = [1, 2].map((seed) =>
      np
        .array(floats(n * n, 1, seed))
        .reshape([n, n])
        .astype(np[dtype]),
    );
    const product = jit((a, b) => np.matmul(a, b));
    return async () => (await product(a.ref, b.ref).blockUntilReady()).dispose();
  },
});

const convolution = ([batch, side, channels]) => {
  const image = floats(batch * side * side * channels);
  const weights = floats(9 * channels * channels, 0.05, 2);
  return {
    name: `3x3 convolution, ${batch}x${side}x${side}x${channels}`,
    flops: 2 * batch * side * side * channels * channels * 9,
    hornbeam({ keras }) {
      const x = keras.tensor(image, { shape: [batch, side, side, channels] });
      const w = keras.tensor(weights, { shape: [3, 3, channels, channels] });
      const convolve = keras.jit((x, w) => keras.ops.conv(x, w, { strides: 1, padding: 'same' }));
      return () => convolve(x, w).dispose();
    },
    tfjs(tf) {
      const x = tf.tensor4d(image, [batch, side, side, channels]);
      const w = tf.tensor4d(weights, [3, 3, channels, channels]);
      return () => tf.conv2d(x, w, 1, 'same').dispose();
    },
    jax({ numpy: np, lax, jit }) {
      const x = np.array(image).reshape([batch, channels, side, side]);
      const w = np.array(weights).reshape([channels, channels, 3, 3]);
      const convolve = jit((x, w) => lax.conv(x, w, [1, 1], 'SAME'));
      return async () => (await convolve(x.ref, w.ref).blockUntilReady()).dispose();
    },
  };
};

const step = (model, title) => ({ ...trainingStep(model), name: `training step, ${title}` });

/** What is timed (jax-js computes what is waited for, so it waits at every call); `small` for adapters that are programs on the CPU. */
export const casesFor = (small) => [
  ...(small ? [128, 256] : [1024, 4096]).flatMap((n) => [matmul(n, 'float32'), matmul(n, 'float16')]),
  convolution(small ? [2, 16, 16] : [16, 56, 64]),
  step('tiny', 'tiny MLP (8-32-32-10, batch 32)'),
  step('mlp', 'MLP (784-512-512-10, batch 128)'),
  ...(small
    ? []
    : [
        step('resnet20', 'ResNet-20 (32x32x3, batch 64)'),
        step('cspmish', 'Conv-BN-Mish stack (128x128x3)'),
        step('transformer', 'transformer (2 blocks, 64 tokens)'),
      ]),
];
