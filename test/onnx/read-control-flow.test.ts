import { expect, test } from 'vitest';
import { protobuf } from '../../src/formats/protobuf.ts';
import * as keras from '../../src/index.ts';
import { modelToOnnx } from '../../src/saving/onnx/export-model.ts';
import type { OnnxModel } from '../../src/saving/onnx/export-options.ts';
import {
  type GraphMessage,
  modelSchema,
  type NodeMessage,
  type TensorMessage,
  type ValueInfoMessage,
} from '../../src/saving/onnx/schema.ts';

const { layers, ops } = keras;
const info = (name: string, dims: readonly number[]): ValueInfoMessage => ({
  name,
  type: { tensorType: { elemType: 1, shape: { dim: dims.map((dimValue) => ({ dimValue })) } } },
});
const named = (name: string): ValueInfoMessage => ({ name });
const node = (
  opType: string,
  input: readonly string[],
  output: readonly string[],
  graphs: Readonly<Record<string, GraphMessage>> = {},
): NodeMessage => ({
  opType,
  input,
  output,
  name: `the ${opType}`,
  attribute: Object.entries(graphs).map(([name, g]) => ({ name, g, type: 5 })),
});
const whole = (name: string, n: number): TensorMessage => ({ name, dataType: 7, dims: [], int64Data: [n] });
const truth = (name: string, n: number): TensorMessage => ({ name, dataType: 9, dims: [], int32Data: [n] });
/** The model of nodes that make `y` of `x` [2, 3]. */
async function read(nodes: readonly NodeMessage[], initializer: readonly TensorMessage[] = []): Promise<keras.Model> {
  const graph = { node: nodes, name: 'g', initializer, input: [info('x', [2, 3])], output: [info('y', [2, 3])] };
  const file = { irVersion: 8, opsetImport: [{ domain: '', version: 13 }], graph };
  return keras.models.loadModel<keras.Model>((await protobuf()).encode(modelSchema, file as never));
}
const kindsOf = (model: keras.Model): string[] => model.layers.map(({ className }) => className);
const x = ops.convertToTensor([
  [1, -2, 3],
  [4, 5, -6],
]);
const branch = (opType: string): GraphMessage => ({
  name: opType,
  node: [node(opType, ['x'], [`${opType}_of_x`])],
  output: [named(`${opType}_of_x`)],
});
const ifNode = (condition: string): NodeMessage =>
  node('If', [condition], ['y'], { then_branch: branch('Abs'), else_branch: branch('Neg') });
/** A loop that multiplies by -1: its body, with the name of what says whether it goes on. */
const turning = (again: string, more: readonly NodeMessage[] = [], given: readonly string[] = []): GraphMessage => ({
  name: 'turning',
  node: [...more, node('Neg', ['v'], ['turned'])],
  input: [named('i'), named('cond'), named('v')],
  output: [named(again), named('turned'), ...given.map(named)],
});

test('branches with a known condition are part of the graph around them', async () => {
  for (const [n, expected] of [
    [1, ops.abs(x)],
    [0, ops.negative(x)],
  ] as const) {
    const model = await read([ifNode('known')], [truth('known', n)]);
    expect(kindsOf(model)).not.toContain('If');
    expect(await model(x).array()).toEqual(await expected.array());
  }
});

test('a loop of no round gives what it was given, one of any number is a layer', async () => {
  for (const [rounds, expected] of [
    [0, x],
    [3, ops.negative(x)],
    [1_000_000, x],
  ] as const) {
    const nodes = [node('Loop', ['n', '', 'x'], ['v2'], { body: turning('cond') }), node('Add', ['v2', 'zero'], ['y'])];
    const zero = { name: 'zero', dataType: 1, dims: [], floatData: [0] };
    const model = await read(nodes, [whole('n', rounds), zero]);
    expect(kindsOf(model).filter((kind) => kind === 'Loop')).toHaveLength(rounds > 0 ? 1 : 0);
    if (rounds < 10) expect(await model(x).array()).toEqual(await expected.array());
  }
});

test('a loop that hangs on a counter alone is run as often as that says, whatever it gives besides', async () => {
  const counting = [node('Less', ['i', 'limit'], ['again'])];
  const nodes = [
    node('Loop', ['', '', 'x'], ['end', 'all'], { body: turning('again', counting, ['turned']) }),
    node('Gather', ['all', 'second'], ['y']),
  ];
  // After rounds 0, 1, 2 and 3 the counter is not below 3.
  const model = await read(nodes, [whole('limit', 3), whole('second', 1)]);
  expect(await model(x).array()).toEqual(await x.array());
  const loop = model.layers.find(({ className }) => className === 'Loop') as unknown as { most: number };
  expect(loop.most).toBe(4);
});

test('what a loop cannot do is said with its name', async () => {
  const loop = (inputs: readonly string[], body: GraphMessage, outputs = ['y']): NodeMessage =>
    node('Loop', inputs, outputs, { body });
  await expect(read([loop(['', '', 'x'], turning('cond'))])).rejects.toThrow('node "the Loop" (Loop) never ends');
  const counted = [node('ReduceSum', ['v'], ['sum']), node('Less', ['sum', 'far'], ['again'])];
  await expect(
    read([loop(['', '', 'x'], turning('again', counted, ['turned']), ['end', 'y'])], [whole('far', 9)]),
  ).rejects.toThrow('gives a result for each round, and how many there are is computed');
  await expect(
    read([loop(['many', '', 'x'], turning('cond', [], ['turned']), ['end', 'y'])], [whole('many', 2 ** 30)]),
  ).rejects.toThrow('node "the Loop" makes an array of the sizes [1073741824, 2, 3]');
  const known = { name: 'known', dataType: 1, dims: [], floatData: [2] };
  await expect(
    read([loop(['many', '', 'known'], turning('cond')), node('Abs', ['x'], ['z'])], [whole('many', 2 ** 30), known]),
  ).rejects.toThrow('repeats what is known more than 1024 times');
});

test('graphs are read to a depth of eight, and see only what stands before them', async () => {
  const nested = (depth: number): NodeMessage[] =>
    depth === 0
      ? [node('Abs', ['x'], ['y0'])]
      : [
          node('If', ['known'], [`y${depth}`], {
            then_branch: { name: 'a', node: nested(depth - 1), output: [named(`y${depth - 1}`)] },
            else_branch: branch('Neg'),
          }),
        ];
  const around = (depth: number): NodeMessage[] => [...nested(depth), node('Neg', [`y${depth}`], ['y'])];
  expect(await (await read(around(8), [truth('known', 1)]))(x).array()).toEqual(await ops.negative(ops.abs(x)).array());
  await expect(read(around(9), [truth('known', 1)])).rejects.toThrow('nested too deep');
  const later = [ifNode('late'), node('Greater', ['y', 'y'], ['late'])];
  await expect(read(later)).rejects.toThrow('reads "late", which no input, weight or node before it gives');
});

test('a loop within loops that would be computed while the file is read is given up', async () => {
  const loops = (depth: number): GraphMessage => ({
    name: `loops${depth}`,
    node: [
      depth === 0
        ? node('Neg', [`v${depth}`], [`w${depth}`])
        : node('Loop', ['many', '', `v${depth}`], [`w${depth}`], { body: loops(depth - 1) }),
    ],
    input: [named(`i${depth}`), named(`c${depth}`), named(`v${depth}`)],
    output: [named(`c${depth}`), named(`w${depth}`)],
  });
  const known = { name: 'known', dataType: 1, dims: [], floatData: [2] };
  await expect(
    read(
      [node('Loop', ['many', '', 'known'], ['z'], { body: loops(4) }), node('Add', ['x', 'z'], ['y'])],
      [whole('many', 1000), known],
    ),
  ).rejects.toThrow('repeat too many nodes');
});

test('loops that were exported are read again, and their weights are trained', async () => {
  const input = keras.Input({ shape: [5, 3], name: 'x' });
  const masked = new layers.Masking()(input);
  const y = new layers.Dense({ units: 2 })(new layers.LSTM({ units: 4 })(masked));
  const model = new keras.Model({ inputs: input, outputs: y }) as keras.Model & OnnxModel;
  const again = await keras.models.loadModel<keras.Model>(await modelToOnnx(model, {}));
  expect(kindsOf(again)).toContain('Scan');
  const z = keras.random.normal([3, 5, 3], { seed: 1 });
  const [a, b] = [await model(z).data(), await again(z).data()] as [Float32Array, Float32Array];
  for (const [k, n] of a.entries()) expect(b[k]).toBeCloseTo(n, 5);
  const inLoop = again.layers.find(({ className }) => className === 'Scan')!;
  const before = await Promise.all(inLoop.trainableWeights.map((v) => v.value.array()));
  expect(before.length).toBeGreaterThan(0);
  again.compile({ optimizer: 'sgd', loss: 'mse' });
  await again.fit(z, ops.ones([3, 2]), { epochs: 1, verbose: 0 });
  const after = await Promise.all(inLoop.trainableWeights.map((v) => v.value.array()));
  for (const [k, value] of after.entries()) expect(value).not.toEqual(before[k]);
});
