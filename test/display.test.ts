import { inspect } from 'node:util';
import * as keras from 'hornbeam';
import { describe, expect, test } from 'vitest';

const { layers, ops } = keras;
const f32 = { dtype: 'float32' } as const;

describe('tensors in JavaScript', () => {
  test('spread, destructured and looped over along the first axis', async () => {
    const x = keras.tensor([3, 1, 2], f32);
    expect(Math.max(...(x as Iterable<unknown> as Iterable<number>))).toBe(3);
    const [first, ...rest] = x;
    expect(await first!.item()).toBe(3);
    expect(rest.map(Number)).toEqual([1, 2]);
    const rows = Array.from(
      keras.tensor(
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: 'int32' },
      ),
    );
    expect(await Promise.all(rows.map((row) => row.array()))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(rows.map((row) => row.dtype)).toEqual(['int32', 'int32']);
    const variable = new keras.Variable(keras.tensor([5, 6], f32));
    expect([...variable].map(Number)).toEqual([5, 6]);
  });
  test('iteration is recorded in compiled functions and in gradients', async () => {
    const f = (x: keras.Tensor): keras.Tensor => {
      const [a, b] = x;
      return ops.multiply(a!, b!);
    };
    const x = keras.tensor([3, 5], f32);
    expect(await keras.jit(f)(x).item()).toBe(15);
    expect(await (keras.grad(f)(x) as keras.Tensor).array()).toEqual([5, 3]);
  });
  test('what cannot be iterated over says why, and what to do', () => {
    expect(() => [...keras.tensor(3)]).toThrow(/scalar[^\n]*\n {2}Fix: .*item\(\)/);
    expect(() => [...keras.Input({ shape: [2] })]).toThrow(/symbolic[^\n]*\n {2}Fix: .*ops\.unstack/);
  });
  test('JSON holds the numbers', () => {
    const t = keras.tensor([[1, 2.5]], f32);
    expect(JSON.stringify({ t, flags: keras.tensor([true, false]) })).toBe('{"t":[[1,2.5]],"flags":[true,false]}');
    expect(JSON.stringify(keras.tensor([['a'], ['bc']] as never))).toBe('[["a"],["bc"]]');
    expect(() => JSON.stringify(keras.Input({ shape: [2] }))).toThrow(/JSON\.stringify needs numbers/);
  });
});

describe('what console.log shows', () => {
  test.each([
    [
      [
        [1, 2],
        [3, -14.5],
      ],
      '[1. +2.j , 3.-14.5j]',
    ],
    [
      [
        [0.1, 1e-5],
        [2, 0],
      ],
      '[0.1+1.e-05j, 2. +0.e+00j]',
    ],
    [
      [
        [-1.25, 0],
        [100, -0.5],
      ],
      '[ -1.25+0.j , 100.  -0.5j]',
    ],
    [
      [
        [1e-6, 1],
        [1, 1e6],
      ],
      '[1.e-06+1.e+00j, 1.e+00+1.e+06j]',
    ],
  ])('complex numbers are written as NumPy does: %j', (pairs, expected) => {
    expect(inspect(ops.viewAsComplex(ops.array(pairs)))).toBe(`Tensor(shape=(2,), dtype=complex64) ${expected}`);
  });

  test('small arrays whole, with their shape and dtype', () => {
    expect(inspect(keras.tensor([1, 2.5], f32))).toBe('Tensor(shape=(2,), dtype=float32) [1. , 2.5]');
    expect(
      inspect(
        keras.tensor([
          [1, 20],
          [3, 4],
        ]),
      ),
    ).toBe('Tensor(shape=(2, 2), dtype=int32)\n[[ 1, 20],\n [ 3,  4]]');
    expect(inspect(keras.tensor([0.1, 1 / 3], f32))).toBe('Tensor(shape=(2,), dtype=float32) [0.1       , 0.33333334]');
    expect(inspect(keras.tensor([true, false]))).toBe('Tensor(shape=(2,), dtype=bool) [ true, false]');
    expect(inspect(keras.tensor(2.5))).toBe('Tensor(shape=(), dtype=float32) 2.5');
    expect(inspect(keras.tensor([Number.NaN, 1e-9], f32))).toBe('Tensor(shape=(2,), dtype=float32) [   NaN, 1.e-09]');
    expect(
      inspect(
        ops.convertToTensor([
          ['a', "it's"],
          ['x\n\x01\\', `"q" '`],
        ]),
      ),
    ).toBe(String.raw`Tensor(shape=(2, 2), dtype=string)
[['a', "it's"],
 ['x\n\x01\\', '"q" \'']]`);
    expect(() => ops.convertToTensor(['a'], { dtype: 'int32' })).toThrow(/strings came where numbers/);
    expect(inspect(keras.tensor([], f32))).toBe('Tensor(shape=(0,), dtype=float32) []');
  });
  test('of big ones three at each edge', () => {
    const x = ops.reshape(ops.arange(40_000, { dtype: 'float32' }), [200, 200]);
    expect(inspect(x)).toBe(`Tensor(shape=(200, 200), dtype=float32)
[[0.0000e+00, 1.0000e+00, 2.0000e+00, ..., 1.9700e+02, 1.9800e+02,
  1.9900e+02],
 [2.0000e+02, 2.0100e+02, 2.0200e+02, ..., 3.9700e+02, 3.9800e+02,
  3.9900e+02],
 [4.0000e+02, 4.0100e+02, 4.0200e+02, ..., 5.9700e+02, 5.9800e+02,
  5.9900e+02],
 ...,
 [3.9400e+04, 3.9401e+04, 3.9402e+04, ..., 3.9597e+04, 3.9598e+04,
  3.9599e+04],
 [3.9600e+04, 3.9601e+04, 3.9602e+04, ..., 3.9797e+04, 3.9798e+04,
  3.9799e+04],
 [3.9800e+04, 3.9801e+04, 3.9802e+04, ..., 3.9997e+04, 3.9998e+04,
  3.9999e+04]]`);
  });
  test('one line of everything else', async () => {
    const model = new keras.Sequential({
      layers: [keras.Input({ shape: [2] }), new layers.Dense({ units: 1, kernelInitializer: 'ones', name: 'head' })],
      name: 'little',
    });
    model.compile({ optimizer: new keras.optimizers.SGD({ learningRate: 0.5, name: 'sgd' }), loss: 'mse' });
    const history = await model.fit([[1, 2]], [[3]], { verbose: 0, epochs: 2 });
    expect(inspect(model)).toBe('<Sequential name=little, built=true>');
    expect(inspect(model.layers)).toBe('[ <Dense name=head, built=true> ]');
    expect(inspect(model.optimizer)).toBe('<SGD name=sgd, learningRate=0.5>');
    expect(inspect(history)).toBe('<History epochs=2, loss=0.000>');
    expect(inspect(new keras.metrics.Mean({ name: 'm' }))).toBe('<Mean name=m>');
    expect(inspect(new keras.losses.Huber())).toBe('<Huber name=huber_loss>');
    expect(inspect(new keras.initializers.Constant({ value: 2 }))).toBe('<Constant value=2>');
    expect(inspect(keras.Input({ shape: [3], name: 'x' }))).toBe(
      '<KerasTensor shape=(null, 3), dtype=float32, name=x>',
    );
    const [kernel] = model.weights;
    expect(inspect(kernel)).toBe(
      '<Variable path=little/head/kernel, shape=(2, 1), dtype=float32, value=\n[[1.],\n [1.]]>',
    );
  });
  test('notebooks get text and HTML', () => {
    const display = Symbol.for('Jupyter.display');
    const shown = (x: unknown): Record<string, string> => (x as { [display](): Record<string, string> })[display]();
    const bundle = shown(keras.tensor([1, 2]));
    expect(bundle['text/plain']).toBe('Tensor(shape=(2,), dtype=int32) [1, 2]');
    expect(bundle['text/html']).toContain('[1, 2]</pre>');
    const model = new keras.Sequential([keras.Input({ shape: [2] }), new layers.Dense({ units: 1 })]);
    expect(shown(model)['text/plain']).toContain('Total params: 3');
    expect(shown(new layers.Dense({ units: 1, name: 'd' }))['text/html']).toContain('&lt;Dense name=d');
  });
});
