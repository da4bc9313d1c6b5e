import { expect, test } from 'vitest';
import { grad, jit, KerasTensor, Tensor, tensor } from '../tensor/index.ts';
import * as ops from './index.ts';

// What Keras on JAX answers where shapes are empty, types narrow, or numbers not finite.
test('the diagonal of a matrix without rows is empty', async () => {
  const empty = tensor(new Float32Array(0), { shape: [7, 7, 0] });
  expect(await ops.diagonal(empty, { offset: -1, axis1: -1, axis2: 0 }).array()).toEqual(Array(7).fill([]));
});
test('an empty tensor takes any empty shape', async () => {
  expect(ops.reshape(ops.zeros([7, 7, 0]), [0, 3]).shape).toEqual([0, 3]);
  expect(await ops.reshape(ops.zeros([2, 0]), [3, 0]).array()).toEqual([[], [], []]);
});
test('the remainder of a division of integers by 0 is 0', async () => {
  expect(await ops.fmod(tensor([7, -3]), tensor([0, 2])).array()).toEqual([0, -1]);
});
test('-0 has the angle π', async () => {
  const found = await ops.angle([-0, 0, 1, -1, Number.NaN]).array<1>();
  expect(found).toEqual([Math.fround(Math.PI), 0, 0, Math.fround(Math.PI), Number.NaN]);
});
test('an infinity makes statistics of numbers NaN, a NaN does not', async () => {
  expect(await ops.nanstd([1, Infinity]).item()).toBeNaN();
  expect(await ops.nanvar([1, Number.NaN, 3]).item()).toBe(1);
});
test('an infinity stays in its window', async () => {
  const x = [[[-Infinity], [3], [5], [7]]];
  expect(await ops.adaptiveAveragePool(x, 2).array()).toEqual([[[-Infinity], [6]]]);
});
test('windows without number are refused before they are made', () => {
  expect(() => ops.adaptiveMaxPool(ops.ones([1, 4, 1]), 1e9)).toThrow(/1000000000 windows.*\n.*at most 4096/);
});
test('axes that are no list are refused', () => {
  expect(() => ops.transpose(ops.ones([2, 2]), { axes: 1 as never })).toThrow(/transpose: axes is no list/);
});
test('convolutions of integers give integers, correlations floats', async () => {
  const [x, w] = [ops.ones([1, 4, 1], { dtype: 'int8' }), ops.full([2, 1, 1], 100, { dtype: 'int8' })];
  expect([ops.conv(x, w).dtype, await ops.conv(x, w).array()]).toEqual(['int8', [[[-56], [-56], [-56]]]]);
  expect(ops.correlate(tensor([1, 2], { dtype: 'uint8' }), tensor([1], { dtype: 'uint8' })).dtype).toBe('float32');
});
test('a triangular system in half precision has a solution in half precision', () => {
  const a = tensor([[1, 0], [0, 2]], { dtype: 'bfloat16' }); // biome-ignore format: matrix
  expect(ops.solveTriangular(a, tensor([1, 2], { dtype: 'int8' })).dtype).toBe('bfloat16');
});
test('the likeness of two images has the type of the first', () => {
  const image = ops.ones([12, 12, 1], { dtype: 'bfloat16' });
  expect(ops.image.ssim(image, ops.ones([12, 12, 1])).dtype).toBe('bfloat16');
});
test('repeats must be whole', () => {
  expect(() => ops.repeat([1, 2], tensor([0.5, 2]))).toThrow('0.5 is no number of repeats');
});
test('narrow integers wrap in the middle of a program too', async () => {
  const x = tensor([200, 3], { dtype: 'uint8' });
  const wrapped = (f: (t: Tensor) => Tensor) => jit((t: Tensor) => ops.cast(f(t), 'float32'))(x).array();
  expect(await wrapped((t) => ops.multiply(t, t))).toEqual([64, 9]);
  expect(await wrapped((t) => ops.negative(t))).toEqual([56, 253]);
  expect(await wrapped((t) => ops.greater(ops.add(t, t), t))).toEqual([0, 1]);
});
test('what is left of a division of integers by 0 is 0, and its quotient -1 or -2', async () => {
  const [x, zero] = [tensor([5, 0, -2]), tensor([0, 0, 0])];
  expect(await ops.mod(x, zero).array()).toEqual([0, 0, 0]);
  expect(await ops.floorDivide(x, zero).array()).toEqual([-2, -1, -2]);
});
test('integers keep their type in normalization, attention and edges', async () => {
  const x = tensor([[1, 5, 3]], { dtype: 'int8' });
  expect([ops.layerNormalization(x).dtype, ops.rmsNormalization(x).dtype]).toEqual(['int8', 'int8']);
  const q = tensor([0, 2, 1, 1], { shape: [1, 2, 1, 2] });
  expect([ops.dotProductAttention(q, q, q).dtype, await ops.sum(ops.dotProductAttention(q, q, q)).item()]).toEqual([
    'int32',
    0,
  ]);
  expect(ops.image.sobelEdges(ops.ones([1, 3, 3, 1], { dtype: 'int16' })).dtype).toBe('int16');
  expect(() => ops.image.sobelEdges(ops.ones([1, 3, 3, 1], { dtype: 'uint8' }))).toThrow('edges have a sign');
  expect((await ops.unravelIndex(tensor([5, 3], { dtype: 'float16' }), [2, 3])[1]!.array()) as number[]).toEqual([
    2, 0,
  ]);
});
test('where a function has a kink, the slope is the mean of both sides, as in softplus', async () => {
  const slope = async (f: (x: Tensor) => Tensor) =>
    (await (grad((x: Tensor) => ops.sum(f(x)))(tensor([0, 0.5])) as Tensor).array()) as number[];
  const near = async (f: (x: Tensor) => Tensor) => (await slope(f))[0];
  expect(await near((x) => ops.binaryCrossentropy([0.25, 0.25], x, { fromLogits: true }))).toBe(0.25);
  expect(await near((x) => ops.logaddexp(x, ops.zeros([2])))).toBe(0.5);
  expect(await near((x) => ops.floorDivide(2, x))).toBe(0);
  const ties = grad((x: Tensor) => ops.sum(ops.adaptiveMaxPool(x, 1)))(ops.ones([1, 3, 1]));
  expect(await ops.reshape(ties, [3]).array()).toEqual([1, 0, 0]);
});
test('a geometric sequence between numbers of different signs is NaN', async () => {
  expect(await ops.geomspace(1, -1, { num: 2 }).array()).toEqual([Number.NaN, Number.NaN]);
  expect(await ops.geomspace(-1, -4, { num: 3 }).array()).toEqual([-1, expect.closeTo(-2, 5), -4]);
});
test('updates are spread over the places', async () => {
  expect(await ops.scatterUpdate([1, 2, 3], [[0], [2]], 9).array()).toEqual([9, 2, 9]);
});
test('no window and no piece fits into what is too short', () => {
  expect(ops.unfold(ops.ones([1, 5, 1, 2]), 2).shape).toEqual([1, 20, 0]);
  expect(ops.extractSequences(ops.ones([2, 1]), 3, 3).shape).toEqual([2, 0, 3]);
});
test('what depends on values has shapes with unknown sizes', async () => {
  const x = new KerasTensor([null, 3], { dtype: 'int32' });
  const shapes = (list: unknown): unknown[] => [list].flat().map((t) => (t as Tensor).shape);
  expect(shapes(await ops.nonzero(x))).toEqual([[null], [null]]);
  expect(shapes(await ops.bincount(x))).toEqual([[null, null]]);
  expect(shapes(await ops.unique(x, { axis: 1, returnInverse: true }))).toEqual([[null, null], [3]]);
  expect(shapes(await ops.unique(x, { size: 4, returnCounts: true }))).toEqual([[4], [4]]);
  expect(shapes(ops.view(x, { dtype: 'uint8' }))).toEqual([[null, 12]]);
  expect(shapes(ops.slice(x, new KerasTensor([2], { dtype: 'int32' }), [-1, 2]))).toEqual([[null, 2]]);
  const beams = ops.ctcDecode(new KerasTensor([null, 5, 4]), new KerasTensor([null]), {
    strategy: 'beam_search',
    topPaths: 3,
  });
  expect(shapes(beams)).toEqual([[3, null, 5], [null, 3]]); // biome-ignore format: a row a result
});
test('unknown sizes of several tensors are found in each other', () => {
  const [x, y] = [new KerasTensor([2, null, null, 3]), new KerasTensor([null, 4, 5, 3])];
  expect(ops.psnr(x, y, 1).shape).toEqual([]);
  const [a, b] = [new KerasTensor([null, null]), new KerasTensor([null, null])];
  expect(ops.where(new KerasTensor([3, 4], { dtype: 'bool' }), a, b).shape).toEqual([3, 4]);
});
test('differences of truth values, their divisors and ranks of a single number are refused', () => {
  const x = tensor([[1, 0]], { dtype: 'bool' });
  for (const f of [
    () => ops.ptp(x),
    () => ops.cdist(x, x),
    () => ops.gcd(x, x),
    () => ops.lcm(x, x),
    () => ops.logSigmoid(x),
  ])
    expect(f).toThrow(/bool.*\n {2}Fix: cast/s);
  expect(() => ops.inTopK(tensor(1), tensor(1.5), 1)).toThrow('give one target for each row');
});
test('a saturating cast keeps to the finite numbers of the type', async () => {
  const x = tensor([-70000, 70000, 1, Infinity, Number.NaN], { dtype: 'float32' });
  expect(await ops.saturateCast(x, 'float16').array()).toEqual([-65504, 65504, 1, 65504, Number.NaN]);
  expect(await ops.saturateCast(x, 'float32').array()).toEqual([-70000, 70000, 1, 3.4028234663852886e38, Number.NaN]);
  expect(await ops.saturateCast(tensor([-Infinity]), 'bfloat16').array()).toEqual([-3.3895313892515355e38]);
  expect(await ops.saturateCast(tensor([3e9, -1], { dtype: 'float32' }), 'int32').array()).toEqual([2147483647, -1]);
});

test('integers divided by zero are what they are for Keras on JAX', async () => {
  const signed = [-2, -1, -2, -2];
  const answers = { int8: signed, int16: signed, int32: signed, uint8: 255, uint16: 65535, uint32: 4294967295 };
  for (const [dtype, quotients] of Object.entries(answers)) {
    const x = tensor([7, 0, 3, 100], { dtype: dtype as 'int8' });
    const zero = ops.zerosLike(x);
    expect(await ops.mod(x, zero).array(), dtype).toEqual([0, 0, 0, 0]);
    expect(await ops.fmod(x, zero).array(), dtype).toEqual([0, 0, 0, 0]);
    const expected = typeof quotients === 'number' ? Array(4).fill(quotients) : quotients;
    expect(await ops.floorDivide(x, zero).array(), dtype).toEqual(expected);
  }
  const least = tensor([-(2 ** 31)], { dtype: 'int32' });
  expect(await ops.mod(least, tensor([-1], { dtype: 'int32' })).array()).toEqual([0]);
  expect(await ops.floorDivide(least, tensor([-1], { dtype: 'int32' })).array()).toEqual([-(2 ** 31)]);
});

test('a list with the name of a dtype is no dtype', () => {
  expect(() => ops.cast([1], ['float32'] as never)).toThrow(/unknown dtype \["float32"\]/);
});
test('what is no position is refused with the forms of a range', () => {
  const x = tensor([[1, 2], [3, 4]]); // biome-ignore format: a matrix
  for (const key of [
    ':16',
    [':', 0],
    0.5,
    [0, Number.NaN],
    { start: 1 },
    { slice: 3 },
    { slice: [0.5] },
    { slice: ['1'] },
  ])
    expect(() => x.slice(key as never), JSON.stringify(key)).toThrow(/is no position\n.*\{ slice: \[start, stop\] \}/);
});
