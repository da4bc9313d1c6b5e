import { expect, test } from 'vitest';
import { jit, type Tensor, tensor, Variable } from '../tensor/index.ts';
import { Adam, LossScaleOptimizer, MultiOptimizer, OptimizerMap, SGD, schedules } from './index.ts';

const weights = (): Variable[] => [
  new Variable(tensor([[1, 2, 3]], { dtype: 'float32' }), { name: 'kernel' }),
  new Variable(tensor([1, 2], { dtype: 'float32' }), { name: 'bias' }),
];

test('an update of Adam is one kernel a variable, and one for the scalars that all share', () => {
  const variables = weights();
  const optimizer = new Adam({ weightDecay: 0.01 });
  optimizer.build(variables);
  const step = jit((gradients: readonly Tensor[]) => optimizer.apply(gradients, variables));
  expect(step.compile(variables.map((v) => v.value)).kernels).toHaveLength(3);
});

test('a compiled step sees a new learning rate without being compiled again', () => {
  const [w] = weights();
  const optimizer = new SGD({ learningRate: 1 });
  optimizer.build([w]);
  let traces = 0;
  const step = jit((g: Tensor) => {
    traces++;
    optimizer.apply([g], [w]);
  });
  const one = tensor([[1, 1, 1]], { dtype: 'float32' });
  step(one);
  optimizer.learningRate = 0.5;
  step(one);
  expect([...w.value.dataSync()]).toEqual([-0.5, 0.5, 1.5]);
  expect(traces).toBe(1);
});

test('it says which options exclude each other, and whose variables it does not know', () => {
  expect(() => new Adam({ clipnorm: 1, clipvalue: 1 })).toThrow('choose one of them');
  const [w, other] = weights();
  const optimizer = new SGD();
  optimizer.build([w]);
  expect(() => optimizer.apply([other.value], [other])).toThrow('other variables than "bias"');
  expect(() => optimizer.apply([null], [w])).toThrow('no gradient was given');
  expect(() => optimizer.excludeFromWeightDecay({ varNames: ['bias'] })).toThrow('too late');
});

test('optimizers around others refuse what they cannot hold, and know the rates of their own', async () => {
  const inner = new SGD({ learningRate: 0.25, lossScaleFactor: 2 });
  const scaled = new LossScaleOptimizer({ innerOptimizer: inner });
  expect(await scaled.readLearningRate()).toBe(0.25);
  expect(inner.lossScaleFactor).toBe(null);
  const map = new OptimizerMap({ defaultOptimizer: scaled });
  expect(() => new MultiOptimizer({ optimizerMap: map })).toThrow('cannot hold a LossScaleOptimizer');
});

test('what gathers gradients of several batches counts updates: schedules, averages and loss scales', async () => {
  // Keras counts batches in all three, against its documentation. From first principles.
  const [w] = weights();
  w!.assign(tensor([[0, 0, 0]], { dtype: 'float32' }));
  const inner = new SGD({
    learningRate: new schedules.PiecewiseConstantDecay({ boundaries: [1], values: [1, 0.1] }),
    useEma: true,
    emaMomentum: 0.5,
    gradientAccumulationSteps: 2,
  });
  const optimizer = new LossScaleOptimizer({ innerOptimizer: inner, initialScale: 4, dynamicGrowthSteps: 2 });
  optimizer.build([w!]);
  const step = jit((g: Tensor) => optimizer.apply([optimizer.scaleLoss(g)], [w!]));
  const seen: (number | undefined)[][] = [];
  const one = tensor([[1, 1, 1]], { dtype: 'float32' });
  const first = async (v: Variable): Promise<number> => (await v.value.data())[0]!;
  const scale = optimizer.variables.find((v) => v.name === 'dynamic_scale')!;
  for (let batch = 0; batch < 6; batch++) {
    step(one);
    seen.push([await first(w!), await first(inner.averages.get(w!)!), await first(scale)]);
  }
  const wanted = [
    [0, 0, 4],
    [-1, -1, 4],
    [-1, -1, 4],
    [-2, -1.5, 8],
    [-2, -1.5, 8],
    [-2.1, -1.8, 8],
  ];
  seen.flat().forEach((x, k) => expect(x).toBeCloseTo(wanted.flat()[k]!, 5));
  step(tensor([[Number.NaN, 1, 1]], { dtype: 'float32' }));
  expect([await first(w!), await first(scale)].map((x) => Math.fround(x))).toEqual([Math.fround(-2.1), 4]);
});

test('the count of updates is a variable, the first of those that files keep', async () => {
  const w = new Variable([1, 2], { name: 'w' });
  const optimizer = new Adam({ name: 'adam' });
  optimizer.apply([tensor([1, 1])], [w]);
  expect(optimizer.iterations).toBe(optimizer.variables[0]);
  expect([optimizer.iterations.path, optimizer.iterations.dtype]).toEqual(['adam/iteration', 'int32']);
  expect(await optimizer.iterations.numpy()).toBe(1);
  optimizer.iterations.assign(7);
  optimizer.apply([tensor([1, 1])], [w]);
  expect(await optimizer.iterations.numpy()).toBe(8);
});

test('with accumulation updates are counted, eagerly and in compiled steps; files count calls', async () => {
  const w = new Variable([1, 2], { name: 'w' });
  const optimizer = new SGD({ name: 'sgd', gradientAccumulationSteps: 2 });
  optimizer.build([w]);
  const step = jit(() => {
    optimizer.apply([tensor([1, 1])], [w]);
    return optimizer.iterations.read();
  });
  const counts: unknown[] = [];
  for (let k = 0; k < 3; k++) counts.push(await step().item());
  optimizer.apply([tensor([1, 1])], [w]);
  expect([...counts, await optimizer.iterations.numpy()]).toEqual([0, 1, 1, 2]);
  expect(await optimizer.variables[0].numpy()).toBe(4);
  expect(optimizer.variables.map(({ path }) => path)).toEqual([
    'sgd/iteration',
    'sgd/learning_rate',
    'sgd/w_gradient_accumulator',
  ]);
});
