import { floats } from '../numbers.mjs';

export const question = 'How fast is a 3x3 convolution of 16x56x56x64 to 64 channels?';

const [batch, side, channels] = [16, 56, 64];
const flops = 2 * batch * side * side * channels * channels * 9;
const image = floats(batch * side * side * channels);
const weights = floats(9 * channels * channels, 0.05, 2);
/** The order of axes that jax-js wants: channels first. The numbers need not be the same for the time to be. */
const jaxInputs = (np) => [
  np.array(image).reshape([batch, channels, side, side]),
  np.array(weights).reshape([channels, channels, 3, 3]),
];
const kerasInputs = (keras) => [
  keras.tensor(image, { shape: [batch, side, side, channels] }),
  keras.tensor(weights, { shape: [3, 3, channels, channels] }),
];

export const cases = [
  {
    name: 'forward',
    flops,
    hornbeam({ keras }) {
      const [x, w] = kerasInputs(keras);
      const convolve = keras.jit((x, w) => keras.ops.conv(x, w, { strides: 1, padding: 'same' }));
      return () => convolve(x, w).dispose();
    },
    tfjs(tf) {
      const x = tf.tensor4d(image, [batch, side, side, channels]);
      const w = tf.tensor4d(weights, [3, 3, channels, channels]);
      return () => tf.conv2d(x, w, 1, 'same').dispose();
    },
    jax({ numpy: np, lax, jit }) {
      const [x, w] = jaxInputs(np);
      const convolve = jit((x, w) => lax.conv(x, w, [1, 1], 'SAME'));
      return async () => (await convolve(x.ref, w.ref).blockUntilReady()).dispose();
    },
  },
  {
    name: 'training: forward and both gradients, of the sum of squares',
    flops: 3 * flops,
    hornbeam({ keras }) {
      const [x, w] = kerasInputs(keras);
      const { ops } = keras;
      const loss = (x, w) => ops.sum(ops.square(ops.conv(x, w, { strides: 1, padding: 'same' })));
      const gradients = keras.jit((x, w) => keras.grad(loss, { argnums: [0, 1] })(x, w));
      return () => {
        for (const gradient of gradients(x, w)) gradient.dispose();
      };
    },
    tfjs: 'its WASM backend has no gradient of a convolution with respect to the filter (Conv2DBackpropFilter).',
    jax({ numpy: np, lax, jit, grad }) {
      const [x, w] = jaxInputs(np);
      const loss = (x, w) => np.sum(np.square(lax.conv(x, w, [1, 1], 'SAME')));
      const gradients = jit(grad(loss, { argnums: [0, 1] }));
      return async () => {
        for (const gradient of gradients(x.ref, w.ref)) (await gradient.blockUntilReady()).dispose();
      };
    },
  },
];
