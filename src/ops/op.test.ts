import { expect, test } from 'vitest';
import './iterate.ts';
import { add, exp, log, mul, tanh } from '../primitives/elementwise.ts';
import { full } from '../primitives/generators.ts';
import { reduceSum } from '../primitives/reduce.ts';
import {
  grad,
  inFrame,
  jit,
  KerasTensor,
  Tensor,
  Trace,
  tensor,
  tensorsIn,
  Variable,
  valueAndGrad,
} from '../tensor/index.ts';
import './iterate.ts';
import { op } from './op.ts';

const softplus = op('softplus', (x: Tensor) => log(add(exp(x), full({ shape: x.shape, dtype: x.dtype, value: 1 }))));
const mish = op('mish', (x: Tensor) => mul(x, tanh(softplus(x))));
const total = op('sum', (x: Tensor) => reduceSum(x, { axes: x.shape.map((_, d) => d) }));

test('an op computes on numbers, nested arrays and tensors', async () => {
  expect(await mish([-1.5, 0.5, 1.5]).data()).toEqual(await mish(tensor([-1.5, 0.5, 1.5])).data());
  expect(await mish(1.5).item()).toBeCloseTo(1.5 * Math.tanh(Math.log(1 + Math.exp(1.5))), 5);
});

test('an op on a symbolic tensor makes a node whose unknown sizes stay unknown', () => {
  const x = new KerasTensor([null, 3]);
  const y = mish(x) as KerasTensor;
  expect(y).toBeInstanceOf(KerasTensor);
  expect(y.shape).toEqual([null, 3]);
  expect(y.history?.node.inputs[0] === x).toBe(true);
  expect(y.history?.node.operation.name).toMatch(/^mish/);
});

test('jit updates variables in place and gives what the function gives', async () => {
  const v = new Variable(tensor([1.5, 2.5]));
  const before = v.value;
  const step = jit((x: Tensor) => {
    v.assign(add(v.read(), x));
    return total(v.read());
  });
  expect(await step(tensor([1.5, 1])).item()).toBe(6.5);
  expect(await step(tensor([1.5, 1])).item()).toBe(9);
  expect(await v.value.array()).toEqual([4.5, 4.5]);
  expect(await before.array()).toEqual([1.5, 2.5]);
});

test('gradients agree whether taken op by op or compiled', async () => {
  const f = (x: Tensor): Tensor => total(mish(mul2(x)));
  const mul2 = op('square', (x: Tensor) => mul(x, x));
  const x = tensor([0.3, -0.7, 1.1]);
  const eager = grad(f)(x);
  const compiled = jit((y: Tensor) => grad(f)(y) as Tensor)(x);
  const [value] = valueAndGrad(f)(x);
  expect(await value.item()).toBeCloseTo(await f(x).item(), 5);
  const [a, b] = [await eager.data(), await compiled.data()];
  a.forEach((n, i) => expect(n).toBeCloseTo(b[i]!, 5));
  const h = 1e-3;
  const difference =
    ((await f(tensor([0.3 + h, -0.7, 1.1])).item()) - (await f(tensor([0.3 - h, -0.7, 1.1])).item())) / (2 * h);
  expect(a[0]).toBeCloseTo(difference, 2);
});

test('a symbolic tensor refuses to become numbers and says what to do', () => {
  const x = new KerasTensor([null, 3], { name: 'images' });
  const text = `KerasTensor "images": a conversion to a number (Number(x), Math.max(x), x + 1, x > 0) needs numbers, but this tensor is symbolic (shape (null, 3), float32): it stands for values that exist only when the model runs
  Fix: use the function of keras.ops instead (ops.max for Math.max, ops.add for +, …), or put the computation into the call() of a custom layer`;
  expect(() => Math.max(x as unknown as number, 0)).toThrow(text);
  expect(() => Number(x)).toThrow('is symbolic (shape (null, 3)');
  expect(() => [...(x as unknown as number[])]).toThrow('cannot be iterated over');
});

test('a traced tensor refuses too', () => {
  const y = inFrame(new Trace(), () => mish(new Tensor({ shape: [], dtype: 'float32' })));
  expect(() => Number(y)).toThrow('being recorded for a compiled program');
  expect(tensorsIn({ y })[0] === y).toBe(true);
});
