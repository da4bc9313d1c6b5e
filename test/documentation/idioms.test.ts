import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { compileStrictly } from './compile.ts';

/** What people write, and `// @ts-expect-error` before what shall not compile. */
const idioms = `
import * as keras from 'hornbeam';
const { layers, ops } = keras;

// A variable that holds what was made so far.
let x = keras.Input({ shape: [28, 28, 1] });
x = new layers.Conv2D({ filters: 8, kernelSize: 3, activation: 'relu' })(x);
x = ops.relu(ops.multiply(2, x)).add(x);
x = layers.add([x, x]) as keras.KerasTensor;
x = ops.concatenate([x, x], { axis: -1 });
const attended: keras.KerasTensor = new layers.MultiHeadAttention({ numHeads: 2, keyDim: 4 })(x, x);
const [, scores] = new layers.MultiHeadAttention({ numHeads: 2, keyDim: 4 })(x, x, { returnAttentionScores: true });
const [sequence, state] = new layers.GRU({ units: 3, returnState: true })(keras.Input({ shape: [5, 2] }));

// Sizes that are not known are no numbers.
// @ts-expect-error
const half = x.shape[0] * 2;
// @ts-expect-error
const last: number = attended.shape.at(-1);
const [batch] = x.shape;
// @ts-expect-error
batch.toFixed();
if (batch !== null) batch.toFixed();

// Functions of tensors take both, and know the sizes of computed ones.
const block = (t: keras.Tensor): keras.Tensor => ops.tanh(t);
const outputs = block(x);
const computed = block(keras.tensor([[1, 2]]));
const rows: number = computed.shape[0]! * 2;
const noise: keras.Tensor = keras.random.normal(ops.shape(computed)).mul(ops.size(computed));
// @ts-expect-error
const open: readonly number[] = ops.shape(x);
const scaled: keras.Tensor = new layers.Dense({ units: 1 })([[1, 2]]);

const model = new keras.Model({ inputs: keras.Input({ shape: [4] }), outputs });
model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['accuracy'] });
model.compile({ optimizer: 'my_own', loss: 'my_own_loss', metrics: ['my_own_metric'] });
model.compile({ optimizer: model.optimizer, loss: model.loss });
const name: string = model.optimizer.name;

const [loss, accuracy] = await model.evaluate([[1, 2]], [[1]]);
const alone: number = await model.evaluate([[1, 2]], [[1]], { verbose: 0 });
const named = await model.evaluate([[1, 2]], [[1]], { returnDict: true });
const value: number = named['loss'];
const onBatch: number = await model.trainOnBatch([[1, 2]], [[1]]);
const byName = (await model.testOnBatch([[1, 2]], [[1]], { returnDict: true }))['loss'];
const predicted: keras.Tensor = await model.predict([[1, 2]]);

// A gradient has the nest of its argument.
const slope: keras.Tensor = keras.grad((t: keras.Tensor) => ops.sum(ops.square(t)))(computed);
const [energy, { w, b: [bias] }] = keras.valueAndGrad((p: { w: keras.Tensor; b: [keras.Tensor] }) => ops.sum(p.w).add(p.b[0]))({
  w: computed,
  b: [keras.tensor(1)],
});
const moved = [energy.item(), w.shape[0]! + bias.shape.length];
const [da, db] = keras.grad((a: keras.Tensor, b: keras.Tensor) => ops.vdot(a, b), { argnums: [0, 1] })(computed, computed);
const both: keras.Tensor = da.add(db);

const steep: keras.Tensor = keras.grad((t: keras.Tensor) => ops.sum(ops.square(t)))([1, 2, 3]);
const [, [ofWeights]] = keras.valueAndGrad((p: [keras.Tensor], n: keras.Tensor) => ops.sum(p[0]).mul(n))([[1, 2]], computed);
// What the gradient is not taken at reaches the function as it is.
// @ts-expect-error
keras.grad((t: keras.Tensor, n: keras.Tensor) => ops.sum(t).mul(n))([1, 2], 3);

// A model that others trained, with a new head.
const base = keras.applications.MobileNetV2({ weights: null, includeTop: false });
let head = new layers.GlobalAveragePooling2D()(base.output);
head = new layers.Dense({ units: 2 })(head);
new keras.Model({ inputs: base.inputs, outputs: head }).summary();
new keras.Model({ inputs: base.input, outputs: [base.getLayer('out_relu').output, head] });
const ofDense: keras.KerasTensor = new layers.Dense({ units: 1 }).output;
const [query, key]: readonly keras.KerasTensor[] = new layers.MultiHeadAttention({ numHeads: 1, keyDim: 1 }).input;

// Weights need no name.
class Scale extends keras.Layer {
  readonly scale = this.addWeight({ shape: [2] });
  readonly shift = this.addWeight();
  override call(t: keras.Tensor) {
    return ops.multiply(t, this.scale).add(this.shift);
  }
}

// Numbers that come out have types: any nest where the number of axes is not said, the right one where it is.
const cell: number = (await predicted.array())[0]![1]!;
const table: number[][] = await predicted.array();
const total = (await predicted.array<2>()).map((row) => row.reduce((sum, v) => sum + v, 0)).reduce((a, b) => Math.max(a, b));
const words: string[] = await keras.tensor(['a', 'b']).array<1, 'string'>();
const holds: boolean[] = await ops.greater(predicted, 0).array<1, 'bool'>();
const flat: Float32Array = await predicted.data<'float32'>();
const first: string = await keras.tensor(['a']).item<'string'>();
const numbers = await predicted.data();
const sum: number = numbers.reduce((a, b) => a + b) + numbers.map((v) => v * 2).reduce((a, b) => Math.max(a, b), 0) + numbers.length;
const same: Float32Array = Float32Array.from(numbers.filter((v) => v > 0));
const pairs: string[] = numbers.reduce<string[]>((list, v) => [...list, v.toFixed(2)], []);
const scalar: number = (await predicted.item()) + numbers.findIndex((v) => v === 1) + Math.max(...numbers);
// @ts-expect-error
const wrong: number[] = await predicted.array<2>();

// What a method was given goes on to that of the class above, piece by piece.
class Weighed extends keras.Model {
  override computeLoss({ x, y, yPred, sampleWeight, training = true }: keras.LossInputs): keras.Tensor {
    return super.computeLoss({ x, y, yPred, sampleWeight, training }).mul(2);
  }
}
const leaves: keras.Tensor[] = keras.tree.flatten<keras.Tensor>(new Weighed().getStateTree());

const loaded = await keras.models.loadModel('model.keras');
await loaded.fit([[1]], [[1]], { epochs: 1 });
keras.models.modelFromJson(loaded.toJson()).summary();
keras.Model.fromConfig({}).summary();
`;

test('idioms of Keras programs compile as they are written, strictly', { timeout: 300_000 }, () => {
  const compiled = compileStrictly(new Map([['idioms.ts', idioms]]));
  try {
    expect(compiled.problems).toBe('');
  } finally {
    compiled.remove();
  }
});

test('names that the editor completes are known', () => {
  const listed = (file: string, type: string): string[] => {
    const text = readFileSync(new URL(`../../src/${file}/index.ts`, import.meta.url), 'utf8');
    const [, union] = new RegExp(`type ${type} =([^;]*);`).exec(text)!;
    return [...union!.matchAll(/'(\w+)'/g)].map(([, name]) => name!);
  };
  // What depends on the shapes of labels is decided in training.
  const decidedLater = ['accuracy', 'acc', 'crossentropy'];
  for (const name of listed('optimizers', 'OptimizerName')) expect(keras.optimizers.get(name), name).toBeTruthy();
  for (const name of listed('initializers', 'InitializerName')) expect(keras.initializers.get(name), name).toBeTruthy();
  for (const name of listed('regularizers', 'RegularizerLike'))
    if (name !== 'l1_l2') expect(keras.regularizers.get(name), name).toBeTruthy();
  for (const name of listed('constraints', 'ConstraintLike')) expect(keras.constraints.get(name), name).toBeTruthy();
  for (const name of listed('metrics', 'MetricName'))
    if (!decidedLater.includes(name)) expect(keras.metrics.get(name), name).toBeTruthy();
});
