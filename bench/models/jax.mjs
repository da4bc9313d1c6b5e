/** The models in jax-js: functions of a list of parameters, and a step with Adam, all in one jit. */
import { floats } from '../numbers.mjs';

const matrix = ({ numpy: np }, rows, columns) =>
  np.array(floats(rows * columns, Math.sqrt(6 / (rows + columns)), rows + columns)).reshape([rows, columns]);
const zeros = ({ numpy: np }, ...shape) => np.zeros(shape);
const ones = ({ numpy: np }, ...shape) => np.ones(shape);
const denseParams = (jax, inputs, units) => [matrix(jax, inputs, units), zeros(jax, units)];

const stack = (jax, widths, activation) => ({
  params: widths.slice(1).flatMap((units, n) => denseParams(jax, widths[n], units)),
  forward(params, x) {
    const count = params.length / 2;
    for (let n = 0; n < count; n++) {
      x = jax.numpy.matmul(x, params[2 * n]).add(params[2 * n + 1]);
      if (n < count - 1) x = activation(x);
    }
    return x;
  },
});

export const build = {
  tiny: (jax) => stack(jax, [8, 32, 32, 10], jax.numpy.tanh),
  mlp: (jax) => stack(jax, [784, 512, 512, 10], jax.nn.relu),
  transformer(jax) {
    const { numpy: np, nn } = jax;
    const [batch, length, width, heads, words] = [32, 64, 128, 4, 2000];
    const dense = (inputs, units) => denseParams(jax, inputs, units);
    const norm = () => [ones(jax, width), zeros(jax, width)];
    const block = () =>
      [
        norm(),
        dense(width, width),
        dense(width, width),
        dense(width, width),
        dense(width, width),
        norm(),
        dense(width, 512),
        dense(512, width),
      ].flat();
    const params = [matrix(jax, words, width), ...block(), ...block(), ...dense(width, 10)];
    return {
      params,
      forward([...params], tokens) {
        const next = () => params.shift();
        const applyDense = (x) => np.matmul(x, next()).add(next());
        const applyNorm = (x) => nn.standardize(x, -1).mul(next()).add(next());
        const split = (x) => x.reshape([batch, length, heads, width / heads]).transpose([0, 2, 1, 3]);
        let x = np.matmul(nn.oneHot(tokens.reshape([batch * length]), words), next());
        for (let n = 0; n < 2; n++) {
          const h = applyNorm(x.ref);
          const q = split(applyDense(h.ref)).mul(1 / Math.sqrt(width / heads));
          const k = split(applyDense(h.ref)).transpose([0, 1, 3, 2]);
          const v = split(applyDense(h));
          const mixed = np.matmul(nn.softmax(np.matmul(q, k), -1), v);
          x = x.add(applyDense(mixed.transpose([0, 2, 1, 3]).reshape([batch * length, width])));
          x = x.ref.add(applyDense(nn.gelu(applyDense(applyNorm(x)), { approximate: false })));
        }
        return applyDense(np.mean(x.reshape([batch, length, width]), 1));
      },
    };
  },
};

/** One training step with Adam, the loss read back as `trainOnBatch` does. */
export function prepare(jax, name, { batch, x, y }) {
  const { numpy: np, nn, tree } = jax;
  const { params: initial, forward } = build[name](jax);
  const loss = (params, x, labels) => np.mean(np.sum(nn.logSoftmax(forward(params, x), -1).mul(labels), -1)).mul(-1);
  const step = jax.jit((params, m, v, rate, x, labels) => {
    const [value, gradients] = jax.valueAndGrad(loss)(tree.ref(params), x, labels);
    const next = params.map((p, n) => {
      const g = gradients[n];
      const newM = m[n].mul(0.9).add(g.ref.mul(0.1));
      const newV = v[n].mul(0.999).add(np.square(g).mul(0.001));
      return [p.sub(newM.ref.mul(rate.ref).div(np.sqrt(newV.ref).add(1e-7))), newM, newV];
    });
    rate.dispose();
    return [value, ...[0, 1, 2].map((k) => next.map((triple) => triple[k]))];
  });
  let [params, m, v] = [initial, ...[0, 1].map(() => initial.map((p) => np.zerosLike(p.ref)))];
  const inputs = np.array(x.values).reshape([batch, ...x.shape]);
  const labels = nn.oneHot(np.array(y.values), 10);
  let t = 0;
  return async () => {
    t++;
    const rate = (1e-3 * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    let value;
    [value, params, m, v] = step(params, m, v, np.array(rate), inputs.ref, labels.ref);
    const [number] = await value.data();
    if (!Number.isFinite(number)) throw new Error(`the loss became ${number}`);
  };
}
