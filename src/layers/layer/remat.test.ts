import { expect, test } from 'vitest';
import * as keras from '../../index.ts';
import { layers, ops } from '../../index.ts';

const width = 64;
const x = keras.random.normal([256, width], { seed: 1 });
const weights = [2, 3, 4].map((seed) => new keras.Variable(keras.random.normal([width, width], { seed }).mul(0.2)));

/** A block whose middle holds several arrays of the size of `x`, and drops elements by a seed. */
const seeds = new keras.random.SeedGenerator({ seed: 5 });
const block = (y: keras.Tensor, w: keras.Variable): keras.Tensor => {
  let z = y;
  for (let k = 0; k < 4; k++) z = ops.tanh(ops.matmul(ops.gelu(z), w));
  return ops.add(y, keras.random.dropout(z, 0.25, { seed: seeds }));
};

interface Found {
  readonly value: keras.Tensor;
  readonly gradients: readonly keras.Tensor[];
}
const lossOf = (f: (y: keras.Tensor, w: keras.Variable) => keras.Tensor) => (): keras.Tensor =>
  ops.mean(ops.square(weights.reduce<keras.Tensor>((y, w) => f(y, w), x)));
const numbers = ({ value, gradients }: Found): Promise<unknown[]> =>
  Promise.all([value, ...gradients].map((t) => t.array()));

/** Value and gradients, compiled, from one state of the seeds, and the scratch memory of the program. */
async function compiled(f: (y: keras.Tensor, w: keras.Variable) => keras.Tensor) {
  const step = keras.jit((): Found => keras.gradients(lossOf(f), weights));
  seeds.state.assign([5, 0]);
  const found = await numbers(step());
  return { found, state: await seeds.state.numpy(), bytes: step.compile().scratchBytes };
}

test('what is computed again has the same gradients to the last bit, with less memory', async () => {
  const kept = await compiled(block);
  const again = await compiled(keras.remat(block));
  expect(again.found).toEqual(kept.found);
  expect(again.state).toEqual(kept.state);
  expect(again.bytes).toBeLessThan(0.6 * kept.bytes);
});

test('at once the gradients are the same, and second derivatives too', async () => {
  seeds.state.assign([5, 0]);
  const kept = await numbers(keras.gradients(lossOf(block), weights));
  seeds.state.assign([5, 0]);
  const again = await numbers(keras.gradients(lossOf(keras.remat(block)), weights));
  expect(again).toEqual(kept);

  const cubes = keras.remat((y: keras.Tensor) => ops.sum(ops.power(ops.sin(y), 3)));
  const slope = keras.grad((y: keras.Tensor) => ops.sum(keras.grad(cubes)(y) as keras.Tensor));
  const at = keras.tensor([0.3, 1.1], { dtype: 'float32' });
  const expected = [0.3, 1.1].map((t) => 6 * Math.sin(t) * Math.cos(t) ** 2 - 3 * Math.sin(t) ** 3);
  for (const f of [slope, keras.jit(slope)]) {
    const found = (await (f(at) as keras.Tensor).array()) as number[];
    found.forEach((v, k) => {
      expect(v).toBeCloseTo(expected[k]!, 4);
    });
  }
});

test('functions within functions, in loops, and of nests of tensors', async () => {
  const inner = keras.remat((y: keras.Tensor) => ops.tanh(ops.sin(y)));
  const outer = keras.remat(({ a, b }: { a: keras.Tensor; b: keras.Tensor }) => ({
    c: [inner(ops.multiply(a, b)), b],
  }));
  const f = (y: keras.Tensor): keras.Tensor => {
    const { c } = outer({ a: y, b: ops.add(y, 1) });
    const rows = ops.reshape(ops.concatenate(c as keras.Tensor[]), [3, 2]);
    const step = (carry: keras.Tensor, row: keras.Tensor): [keras.Tensor, keras.Tensor] => [
      inner(ops.add(carry, row)),
      row,
    ];
    const [last] = ops.scan(step, ops.slice(y, [0], [2]), { xs: rows });
    return ops.sum(last);
  };
  const plain = (y: keras.Tensor): keras.Tensor => {
    const t = (z: keras.Tensor): keras.Tensor => ops.tanh(ops.sin(z));
    const b = ops.add(y, 1);
    const rows = ops.reshape(ops.concatenate([t(ops.multiply(y, b)), b]), [3, 2]);
    let carry = ops.slice(y, [0], [2]);
    for (let k = 0; k < 3; k++) carry = t(ops.add(carry, ops.take(rows, k, { axis: 0 })));
    return ops.sum(carry);
  };
  const at = keras.tensor([0.2, 0.5, -0.4], { dtype: 'float32' });
  const expected = (await (keras.grad(plain)(at) as keras.Tensor).array()) as number[];
  for (const g of [keras.grad(f), keras.jit(keras.grad(f))]) {
    const found = (await (g(at) as keras.Tensor).array()) as number[];
    found.forEach((v, k) => {
      expect(v).toBeCloseTo(expected[k]!, 6);
    });
  }
});

class Squares extends keras.Layer {
  static override readonly className: string = 'Squares';
  readonly dense = new layers.Dense({ units: width, activation: 'gelu' });
  readonly norm = new layers.BatchNormalization();
  call(y: keras.Tensor): keras.Tensor {
    const z = this.norm(this.dense(ops.gelu(this.dense(ops.tanh(y)))));
    this.addLoss(ops.mean(ops.square(z)));
    return ops.add(y, z);
  }
}

/** Trains a model made in a scope for two steps; gives losses, weights and the scratch memory of a step. */
async function trained(options: keras.RematScopeOptions, runEagerly = false) {
  keras.utils.setRandomSeed(3);
  const model = new keras.RematScope(options).run(() => {
    const inputs = keras.Input({ shape: [width] });
    let y: keras.KerasTensor = inputs;
    for (let k = 0; k < 3; k++) y = new Squares({ name: `squares${k}` })(y);
    return new keras.Model({ inputs, outputs: new layers.Dense({ units: 1 })(y) });
  });
  model.compile({ optimizer: 'sgd', loss: 'mse', runEagerly });
  const history = await model.fit(x, ops.zeros([256, 1]), { epochs: 2, batchSize: 256, verbose: 0 });
  return {
    loss: history.history['loss'],
    weights: await Promise.all(model.getWeights().map((w) => w.array())),
    bytes: runEagerly ? 0 : model.trainFunction!.executable!.scratchBytes,
  };
}

test('layers made in a scope train to the same weights in less memory', async () => {
  const kept = await trained({ mode: null });
  const each = [
    { mode: 'list_of_layers', layerNames: ['squares0', 'squares1', 'squares2'] },
    { mode: 'larger_than', outputSizeThreshold: 1000 },
    { mode: 'activations' },
    { mode: 'full' },
  ] as const;
  for (const options of each) {
    const again = await trained(options);
    expect(again.loss).toEqual(kept.loss);
    expect(again.weights).toEqual(kept.weights);
    if (options.mode === 'list_of_layers') expect(again.bytes).toBeLessThan(0.7 * kept.bytes);
  }
  const small = await trained({ mode: 'larger_than', outputSizeThreshold: 256 * width });
  expect(small.bytes).toBe(kept.bytes);
  const eager = await trained({ mode: 'full' }, true);
  eager.loss!.forEach((v, k) => {
    expect(v).toBeCloseTo(kept.loss![k] as number, 4);
  });
});

test('layers say what is computed again, and modes that are none are refused', async () => {
  const dense = new keras.RematScope({ mode: 'list_of_layers', layerNames: ['again'] }).run(
    () => new layers.Dense({ units: 1, name: 'other' }),
  );
  const call = (y: keras.Tensor): keras.Tensor => y;
  expect(dense.rematerializedCall(call)).toBe(call);
  expect(new layers.Dense({ units: 1 }).rematerializedCall(call)).toBe(call);
  expect(() => new keras.RematScope({ mode: 'some' as 'full' })).toThrow(/mode is "some".*\n.*'full'/);
  expect(() => keras.remat(3 as never)).toThrow(/no function/);
  const masked = new keras.RematScope().run(() => new layers.Masking({ maskValue: 0 }));
  const y = masked(
    keras.tensor(
      [
        [
          [0, 0],
          [1, 2],
        ],
      ],
      { dtype: 'float32' },
    ),
  );
  expect(await new layers.GlobalAveragePooling1D()(y).array()).toEqual([[1, 2]]);
});

test('ops between layers of a functional model are computed again as the scope of their call says', async () => {
  const inputs = keras.Input({ shape: [width] });
  const build = (): keras.Model => {
    let z: keras.KerasTensor = inputs;
    for (let k = 0; k < 6; k++) z = ops.erf(ops.sin(ops.tanh(ops.multiply(z, 1.1))));
    return new keras.Model({ inputs, outputs: z });
  };
  const measured = async (model: keras.Model) => {
    const step = keras.jit((at: keras.Tensor) => keras.gradients(() => ops.sum(model(at)) as keras.Tensor, [at]));
    const { value, gradients } = step(x);
    const again = step.compile(x).program.equations.filter(({ rule }) => rule.name === 'barrier').length;
    return { again, found: await Promise.all([value, gradients[0]!].map((t) => t.array())) };
  };
  const kept = await measured(build());
  expect(kept.again).toBe(0);
  for (const [options, some] of [
    [{ mode: 'full' }, true],
    [{ mode: 'larger_than', outputSizeThreshold: 1024 }, true],
    [{ mode: 'larger_than', outputSizeThreshold: 1e6 }, false],
    [{ mode: 'activations' }, false],
  ] as const) {
    const again = await measured(new keras.RematScope(options).run(build));
    expect(again.again > 0, options.mode).toBe(some);
    expect(again.found).toEqual(kept.found);
  }
});
