import { expect, test } from 'vitest';
import { grad, jit, type Tensor, tensor } from '../../tensor/index.ts';
import * as ops from '../index.ts';

const at = (f: (x: Tensor) => Tensor, x: number): Promise<number> =>
  (grad(f)(tensor(x, { dtype: 'float32' })) as Tensor).item();

test('only the branch that holds has a gradient', async () => {
  const f = (x: Tensor): Tensor =>
    ops.cond(
      ops.greater(x, 0),
      () => ops.square(x),
      () => ops.negative(x),
    );
  expect(await at(f, 3)).toBe(6);
  expect(await at(f, -3)).toBe(-1);
});

test('a bounded loop has gradients, an unbounded one says what to do', async () => {
  const doubled = (options: object) => (x: Tensor) =>
    ops.whileLoop(
      (y: Tensor) => ops.less(y, 20),
      (y: Tensor) => ops.multiply(y, 2),
      x,
      options,
    ) as Tensor;
  expect(await doubled({})(tensor(1.5)).item()).toBe(24);
  expect(await at(doubled({ maximumIterations: 10 }), 1.5)).toBe(16);
  await expect(async () => at(doubled({}), 1.5)).rejects.toThrow('maxIterations');
});

test('a scan runs inside a compiled function and gives a gradient', async () => {
  const f = (x: Tensor): Tensor => {
    const [last] = ops.scan((c: Tensor, y: Tensor) => [ops.add(ops.multiply(c, 0.5), y), c], 0.5, { xs: x }) as [
      Tensor,
      Tensor,
    ];
    return last;
  };
  const x = tensor([1, 2, 3], { dtype: 'float32' });
  expect(await jit(f)(x).item()).toBeCloseTo(4.3125, 6);
  expect(await (grad(f)(x) as Tensor).array()).toEqual([0.25, 0.5, 1]);
});

test('a carry that changes its shape is refused', () => {
  expect(() =>
    ops.whileLoop(
      (x: Tensor) => ops.less(ops.sum(x), 9),
      (x: Tensor) => ops.stack([x, x]),
      tensor([1.5]),
    ),
  ).toThrow('a carry of shape (1,) becomes (2, 1)');
});
