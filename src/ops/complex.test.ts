import { describe, expect, test } from 'vitest';
import { grad, jit, KerasTensor, type Tensor, tensor, Variable } from '../tensor/index.ts';
import * as ops from './index.ts';

type Complex = readonly [re: number, im: number];
const named = new Map(Object.entries(ops)) as ReadonlyMap<string, unknown> as ReadonlyMap<
  string,
  (x: Tensor) => Tensor
>;
const z = (...pairs: Complex[]): Tensor => tensor(pairs, { dtype: 'complex64' });
const points: Complex[] = [
  [1, 2],
  [-0.5, 0.25],
  [3, -4],
  [-2, -1.5],
  [0.1, -0.7],
  [0, 1.5],
  [-1.25, 0],
];
const expectNear = async (found: Tensor, wanted: Tensor): Promise<void> => {
  expect(found.dtype).toBe(wanted.dtype);
  const [x, y] = [await found.data(), await wanted.data()];
  expect(x.length).toBe(y.length);
  x.forEach((n, k) => expect(n).toBeCloseTo(y[k]!, 4));
};

test('complex tensors are made of pairs, and give pairs', async () => {
  const x = tensor([[1, 2], [3, -4]], { dtype: 'complex64' }); // biome-ignore format: pairs
  expect([x.dtype, x.shape]).toEqual(['complex64', [2]]);
  expect(await x.array()).toEqual([[1, 2], [3, -4]]); // biome-ignore format: pairs
  expect(Array.from(await x.data())).toEqual([1, 2, 3, -4]);
  expect(await tensor(await x.data(), { dtype: 'complex64' }).array()).toEqual(await x.array());
  expect(tensor(new Float32Array(12), { dtype: 'complex64', shape: [2, 3] }).shape).toEqual([2, 3]);
  expect(await ops.cast([1, 2], 'complex64').array()).toEqual([[1, 0], [2, 0]]); // biome-ignore format: pairs
  expect(() => tensor([1, 2, 3], { dtype: 'complex64' })).toThrow('3 numbers of shape (3,) do not make complex64');
  await expect(ops.sum(x).item()).rejects.toThrow('a complex64 number is two numbers');
});

describe('functions undo each other', () => {
  const pairs: readonly (readonly [keyof typeof ops, keyof typeof ops])[] = [
    ['exp', 'log'],
    ['square', 'sqrt'],
    ['sin', 'arcsin'],
    ['cos', 'arccos'],
    ['tan', 'arctan'],
    ['sinh', 'arcsinh'],
    ['cosh', 'arccosh'],
    ['tanh', 'arctanh'],
    ['expm1', 'log1p'],
    ['reciprocal', 'reciprocal'],
    ['conj', 'conj'],
    ['viewAsComplex', 'viewAsReal'],
  ];
  for (const [f, inverse] of pairs)
    test(`${f} of ${inverse}`, async () => {
      await expectNear(named.get(f)!(named.get(inverse)!(z(...points))), z(...points));
    });
});

test('sums, products and quotients are those of complex numbers', async () => {
  const [x, y] = [z([1, 2], [3, -4]), z([-2, 0.5], [0, 1])];
  expect(await ops.multiply(x, y).array()).toEqual([[-3, -3.5], [4, 3]]); // biome-ignore format: pairs
  await expectNear(ops.multiply(ops.divide(x, y), y), x);
  expect(await ops.prod(x).array()).toEqual([11, 2]);
  expect(await ops.cumprod(x).array()).toEqual([[1, 2], [11, 2]]); // biome-ignore format: pairs
  expect(await ops.sum(x).array()).toEqual([4, -2]);
  expect(await ops.matmul(ops.reshape(x, [1, 2]), ops.conj(ops.reshape(x, [2, 1]))).array()).toEqual([[[30, 0]]]);
  expect(ops.add(x, 1.5).dtype).toBe('complex64');
  expect(await ops.abs(z([3e30, 4e30], [0, 0])).array()).toEqual([Math.fround(5e30), 0]);
  expect(await ops.equal(x, z([1, 2], [3, 4])).array()).toEqual([true, false]);
  expect(await ops.pad(x, [[1, 0]], { constantValues: 7 }).array()).toEqual([[7, 0], [1, 2], [3, -4]]); // biome-ignore format: pairs
});

test('roots and logarithms jump at the negative axis, which belongs to the side of its sign bit', async () => {
  const cut = z([-4, 0], [-4, -0]);
  expect(await ops.sqrt(cut).array()).toEqual([[0, 2], [0, -2]]); // biome-ignore format: pairs
  await expectNear(ops.imag(ops.log(cut)), tensor([Math.PI, -Math.PI]));
});

test('gradients of real functions with complex steps match finite differences', async () => {
  const [a, b] = [[0.3, -0.8, 1.1], [0.7, 0.4, -0.6]]; // biome-ignore format: parts
  const f = (re: Tensor, im: Tensor): Tensor => {
    const w = ops.add(ops.polar(ops.exp(re), im), ops.viewAsComplex([0.5, 0.25]));
    const s = ops.divide(ops.multiply(ops.sqrt(w), ops.tanh(w)), ops.add(ops.log(w), ops.arcsin(ops.conj(w))));
    return ops.sum(ops.add(ops.abs(s), ops.multiply(ops.imag(ops.cumprod(s)), ops.angle(s))));
  };
  const found = grad(f, { argnums: [0, 1] })(tensor(a), tensor(b)) as [Tensor, Tensor];
  const h = 1e-2;
  for (const side of [0, 1] as const)
    for (let k = 0; k < 3; k++) {
      const moved = (by: number): Promise<number> => {
        const parts = [[...a], [...b]] as [number[], number[]];
        parts[side][k]! += by;
        return f(tensor(parts[0]), tensor(parts[1])).item();
      };
      const slope =
        (8 * ((await moved(h)) - (await moved(-h))) - (await moved(2 * h)) + (await moved(-2 * h))) / (12 * h);
      expect((await found[side].data())[k]).toBeCloseTo(slope, 2);
    }
});

test('the gradient with respect to a complex tensor is ∂/∂a - i ∂/∂b', async () => {
  const size = (x: Tensor): Tensor => ops.sum(ops.square(ops.abs(x)));
  expect(await (grad(size)(z([1, 2], [3, -4])) as Tensor).array()).toEqual([[2, -4], [6, 8]]); // biome-ignore format: pairs
  expect(await (grad(jit(size))(z([0, 0])) as Tensor).array()).toEqual([[0, -0]]);
  expect(() => grad((x: Tensor) => ops.sum(x))(z([1, 2]))).toThrow('make it real');
});

test('compiled functions and loops take complex tensors', async () => {
  const squared = jit((x: Tensor) => ({ y: ops.multiply(x, x) }));
  expect(await squared(z([0, 1])).y.array()).toEqual([[-1, 0]]);
  const [, last] = ops.whileLoop(
    (n: Tensor) => ops.less(n, 3),
    (n: Tensor, x: Tensor) => [ops.add(n, 1), ops.multiply(x, x)],
    [tensor(0), z([0, 1])],
  ) as [Tensor, Tensor];
  expect(await last.array()).toEqual([[1, -0]]);
});

test('symbolic tensors may be complex', () => {
  const x = new KerasTensor([null, 3], { dtype: 'complex64' });
  const found = [ops.multiply(x, 2), ops.abs(x), ops.viewAsReal(x)] as KerasTensor[];
  expect(found.map((y) => [y.dtype, y.shape])).toEqual([
    ['complex64', [null, 3]],
    ['float32', [null, 3]],
    ['float32', [null, 3, 2]],
  ]);
});

test('what has no meaning for complex numbers is refused by name', () => {
  const x = z([1, 2], [3, 4]);
  for (const name of ['floor', 'sort', 'erf', 'trunc', 'signbit', 'argmax', 'softmax', 'median'] as const)
    expect(() => named.get(name)!(x)).toThrow(
      `${name}: a complex64 tensor came where only real numbers have a meaning`,
    );
  expect(() => new Variable(x, { name: 'w' })).toThrow('Variable "w": variables do not hold complex64 numbers');
});
