import { expect, test } from 'vitest';
import * as ops from '../ops/index.ts';
import { grad, type Tensor, tensor, Variable, valueAndGrad } from './index.ts';

const square = (x: Tensor | number[] | number): Tensor => ops.sum(ops.square(x));
const array = (x: unknown): Promise<unknown> => (x as Tensor).array();

test('whole numbers of JavaScript are floats where a gradient is asked for', async () => {
  for (const x of [[1, 2, 3], new Float32Array([1, 2, 3]), tensor([1, 2, 3], { dtype: 'float32' })]) {
    const [value, gradient] = valueAndGrad(square as (x: unknown) => Tensor)(x);
    expect(await value.item()).toBe(14);
    expect(await array(gradient)).toEqual([2, 4, 6]);
  }
  expect(await array(grad(square)(3))).toBe(6);
  const both = grad((p: { a: number[]; b: [Tensor, number] }) => square(p.a).add(square(p.b[0])).add(square(p.b[1])));
  const found = both({ a: [1, 2], b: [tensor([0.5]), 2] }) as { a: Tensor; b: Tensor[] };
  expect(await Promise.all([found.a, ...found.b].map(array))).toEqual([[2, 4], [1], 4]);
  expect(await array(ops.jvp((x: Tensor) => x.square(), [3], [1])[1])).toBe(6);
});
test('a gradient with respect to a tensor of integers, or of what is one, is refused', () => {
  for (const x of [tensor([1, 2]), new Int32Array([1, 2]), tensor([true]), new Variable(tensor([1, 2]))])
    expect(() => grad(square as (x: unknown) => Tensor)(x)).toThrow(/argument 0 holds a tensor of dtype .*no gradient/);
  expect(() => grad((x: Tensor) => ops.sum(ops.argmax(x)))(tensor([0.5, 1]))).toThrow('the function gave dtype int32');
  expect(() => grad(square as () => Tensor)()).toThrow('argument 0 is missing');
});

test('a function that gives a number, and arguments that are no nests, are refused', () => {
  expect(() => grad((_: number) => JSON.parse('6'))(3)).toThrow('the function gave 6, no tensor');
  expect(() => grad((x: Map<string, Tensor>) => ops.sum(x.get('a')!))(new Map())).toThrow('argument 0 holds a Map');
});
