/** The models in TensorFlow.js's core API, which costs less a step than its layers do. */
import { floats } from '../numbers.mjs';

const matrix = (tf, rows, columns) => {
  const scale = Math.sqrt(6 / (rows + columns));
  return tf.variable(tf.tensor2d(floats(rows * columns, scale, rows + columns), [rows, columns]));
};
const zeros = (tf, width) => tf.variable(tf.zeros([width]));
const dense = (tf, inputs, units) => {
  const [w, b] = [matrix(tf, inputs, units), zeros(tf, units)];
  return (x) => tf.add(tf.matMul(x, w), b);
};
const layerNorm = (tf, width) => {
  const [gamma, beta] = [tf.variable(tf.ones([width])), zeros(tf, width)];
  return (x) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return x.sub(mean).mul(variance.add(1e-3).rsqrt()).mul(gamma).add(beta);
  };
};
const stack = (tf, widths, activation) => {
  const all = widths.slice(1).map((units, n) => dense(tf, widths[n], units));
  return (x) => all.reduce((h, layer, n) => (n < all.length - 1 ? activation(layer(h)) : layer(h)), x);
};

export const build = {
  tiny: (tf) => stack(tf, [8, 32, 32, 10], tf.tanh),
  mlp: (tf) => stack(tf, [784, 512, 512, 10], tf.relu),
  transformer(tf) {
    const [batch, length, width, heads, words] = [32, 64, 128, 4, 2000];
    const embedding = matrix(tf, words, width);
    // The WASM backend has no UnsortedSegmentSum, so the gradient of the look-up is a product with one-hot rows.
    const lookUp = tf.customGrad((table, tokens, save) => {
      save([tokens]);
      const gradFunc = (dy, [tokens]) => [
        tf.matMul(tf.oneHot(tokens, words).toFloat(), dy, true, false),
        tf.zeros([1]),
      ];
      return { value: tf.gather(table, tokens), gradFunc };
    });
    const attention = () => {
      const [q, k, v, out] = Array.from({ length: 4 }, () => dense(tf, width, width));
      const split = (x) => x.reshape([batch, length, heads, width / heads]).transpose([0, 2, 1, 3]);
      return (x) => {
        const scores = tf.matMul(split(q(x)).div(Math.sqrt(width / heads)), split(k(x)), false, true);
        const mixed = tf.matMul(tf.softmax(scores), split(v(x)));
        return out(mixed.transpose([0, 2, 1, 3]).reshape([batch * length, width]));
      };
    };
    const gelu = (x) => x.mul(0.5).mul(tf.erf(x.mul(Math.SQRT1_2)).add(1));
    const blocks = Array.from({ length: 2 }, () => ({
      norms: [layerNorm(tf, width), layerNorm(tf, width)],
      attend: attention(),
      widen: dense(tf, width, 512),
      narrow: dense(tf, 512, width),
    }));
    const head = dense(tf, width, 10);
    return (tokens) => {
      let x = lookUp(embedding, tokens.flatten());
      for (const { norms, attend, widen, narrow } of blocks) {
        x = x.add(attend(norms[0](x)));
        x = x.add(narrow(gelu(widen(norms[1](x)))));
      }
      return head(x.reshape([batch, length, width]).mean(1));
    };
  },
};

/** One training step with Adam, the loss read back as `trainOnBatch` does. */
export function prepare(tf, name, { batch, x, y }) {
  const forward = build[name](tf);
  const optimizer = tf.train.adam(1e-3);
  const inputs = tf.tensor(x.values, [batch, ...x.shape], x.values instanceof Int32Array ? 'int32' : 'float32');
  const labels = tf.oneHot(tf.tensor1d(y.values, 'int32'), 10).toFloat();
  return async () => {
    const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels, forward(inputs)), true);
    const [value] = await loss.data();
    loss.dispose();
    if (!Number.isFinite(value)) throw new Error(`the loss became ${value}`);
  };
}
