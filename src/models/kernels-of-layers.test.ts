import { expect, test } from 'vitest';
import * as keras from '../index.ts';

const { layers } = keras;
const stepOf = async (model: keras.Model, shape: number[]): Promise<readonly keras.config.KernelReport[]> => {
  model.compile({ loss: 'mse', optimizer: 'sgd' });
  await model.trainOnBatch(keras.ops.ones(shape), keras.ops.ones([shape[0]!, 2]));
  return model.trainFunction!.executable!.kernels;
};
const layersOf = (kernels: readonly keras.config.KernelReport[], isBackward: boolean): Set<string> =>
  new Set(kernels.flatMap(({ scopes }) => scopes.filter((s) => s.isBackward === isBackward).map(({ path }) => path)));
/** Without the parts of the step beside them. */
const withoutParts = (paths: ReadonlySet<string>): string[] => [...paths].filter((path) => !path.startsWith(':'));

test('kernels know the layers whose results they compute, and those whose gradients', async () => {
  const inputs = keras.Input({ shape: [6, 6, 2] });
  const block = new keras.Sequential(
    [new layers.Conv2D({ filters: 3, kernelSize: 3, name: 'conv' }), new layers.BatchNormalization({ name: 'bn' })],
    { name: 'block' },
  );
  const doubled = keras.ops.multiply(block(inputs), 2);
  const flat = new layers.Flatten({ name: 'flat' })(new layers.ReLU({ name: 'act' })(doubled));
  const model = new keras.Model({ inputs, outputs: new layers.Dense({ units: 2, name: 'out' })(flat), name: 'net' });
  const kernels = await stepOf(model, [2, 6, 6, 2]);
  const named = ['net/block/conv', 'net/block/bn', 'net/multiply', 'net/act', 'net/out'];
  expect([...layersOf(kernels, false)]).toEqual(expect.arrayContaining(named));
  expect([...layersOf(kernels, true)]).toEqual(expect.arrayContaining(named));
  // The product of a layer's gradient stands in one kernel, which is not that of its result.
  const convolutions = kernels.filter(({ fused }) => fused.includes('conv'));
  expect(convolutions.map(({ scopes }) => scopes.some(({ isBackward }) => isBackward))).toEqual([false, true]);
});

test('so do those of layers within layers, of scans, and of what is computed again for gradients', async () => {
  class Twice extends layers.Layer {
    static override readonly className = 'Twice';
    readonly inner = new layers.Dense({ units: 4, name: 'inner' });
    override call(x: keras.Tensor): keras.Tensor {
      return this.inner(this.inner(x));
    }
  }
  const inputs = keras.Input({ shape: [5, 4] });
  const y = new layers.LSTM({ units: 3, name: 'lstm' })(new Twice({ name: 'twice' })(inputs));
  const outputs = keras.remat((x: keras.Tensor) => new layers.Dense({ units: 2, name: 'out' })(x))(y);
  const kernels = await stepOf(new keras.Model({ inputs, outputs: outputs as never, name: 'net' }), [3, 5, 4]);
  for (const isBackward of [false, true])
    expect([...layersOf(kernels, isBackward)]).toEqual(expect.arrayContaining(['net/twice/inner', 'net/lstm']));
});

test('models of equal layers share what is compiled, and keep their names apart', async () => {
  const named = (name: string): keras.Sequential =>
    new keras.Sequential([keras.Input({ shape: [3] }), new layers.Dense({ units: 2, name: `${name}_out` })], { name });
  const [one, other] = [await stepOf(named('one'), [4, 3]), await stepOf(named('other'), [4, 3])];
  expect(other.map(({ fused }) => fused)).toEqual(one.map(({ fused }) => fused));
  for (const isBackward of [false, true]) {
    expect(withoutParts(layersOf(one, isBackward))).toEqual(['one/one_out']);
    expect(withoutParts(layersOf(other, isBackward))).toEqual(['other/other_out']);
  }
});

test('kernels tell what stands in memory while they run', async () => {
  const model = new keras.Sequential([
    keras.Input({ shape: [100] }),
    new layers.Dense({ units: 200, activation: 'tanh' }),
    new layers.Dense({ units: 2 }),
  ]);
  const kernels = await stepOf(model, [50, 100]);
  // What tanh gave is held until its gradient is known.
  const held = 4 * 50 * 200;
  expect(kernels.some(({ scratch }) => scratch >= held)).toBe(true);
  expect(Math.max(...kernels.map(({ scratch }) => scratch))).toBeLessThanOrEqual(
    model.trainFunction!.executable!.scratchBytes + 64 * kernels.length,
  );
});

test('kernels know whose results they read, and the parts of the step beside the layers', async () => {
  const model = new keras.Sequential(
    [
      keras.Input({ shape: [6] }),
      new layers.Dense({ units: 5, name: 'one' }),
      new layers.Softmax({ name: 'soft' }),
      new layers.Dense({ units: 2, name: 'two' }),
    ],
    { name: 'net' },
  );
  model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] });
  await model.trainOnBatch(keras.ops.ones([4, 6]), keras.ops.ones([4, 2]));
  const { kernels } = model.trainFunction!.executable!;
  for (const isBackward of [false, true]) expect([...layersOf(kernels, isBackward)]).toContain(':loss');
  expect([...layersOf(kernels, false)]).toEqual(expect.arrayContaining([':metrics', ':optimizer']));
  kernels.forEach(({ from }, k) => expect(from.every((n) => n < k)).toBe(true));
  const of = (path: string, isBackward: boolean) =>
    kernels.findIndex(({ scopes }) => scopes.some((s) => s.path === path && s.isBackward === isBackward));
  /** Whether a kernel comes of another, directly or not. */
  const comesOf = (k: number, source: number): boolean =>
    k === source || kernels[k]!.from.some((n) => comesOf(n, source));
  expect(comesOf(of('net/two', false), of('net/one', false))).toBe(true);
  expect(comesOf(of('net/one', true), of('net/two', false))).toBe(true);
  expect(comesOf(of('net/one', false), of('net/two', false))).toBe(false);
  expect(
    kernels.some(
      (_, k) => kernels[k]!.scopes.some(({ path }) => path === ':optimizer') && comesOf(k, of('net/one', false)),
    ),
  ).toBe(true);
});
