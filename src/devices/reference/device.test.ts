import { expect, test } from 'vitest';
import { type DType, dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import type { Shape } from '../../base/shape.ts';
import { makeProgram } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { conv } from '../../primitives/conv.ts';
import { dot } from '../../primitives/dot.ts';
import { add, convert, div, lgamma, mul, nextAfter, round } from '../../primitives/elementwise.ts';
import { full } from '../../primitives/generators.ts';
import { pad, transpose } from '../../primitives/movement.ts';
import { reduceMax, reduceSum } from '../../primitives/reduce.ts';
import { referenceDevice } from './device.ts';
import { digamma, erf, erfinv, lgamma as lgammaOf } from './special-functions.ts';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './stored-numbers.ts';

interface Given {
  readonly shape: Shape;
  readonly dtype?: DType;
  readonly values: ArrayLike<number>;
}
function run(f: (...inputs: Tensor[]) => Tensor, ...given: Given[]): number[] {
  const device = referenceDevice();
  const inputs = given.map(({ shape, dtype }) => new Tensor({ shape, dtype: dtype ?? 'float32' }));
  const output = f(...inputs);
  const buffers = given.map(({ values, dtype }) => {
    const data = new dtypeInfo[dtype ?? 'float32'].array(values.length);
    data.set(Array.from(values));
    return device.upload(data, dtype ?? 'float32');
  });
  const [result] = device.compile(makeProgram('test', inputs, [output])).run(buffers);
  return Array.from(device.download(result!, output) as TypedArray);
}
const f32 = (shape: Shape, values: number[]): Given => ({ shape, values });

test('formulas are evaluated element by element', () => {
  expect(run((x, y) => add(x, y), f32([2], [1, 2]), f32([2], [10, 20]))).toEqual([11, 22]);
  expect(run((x) => transpose(x, { perm: [1, 0] }), f32([2, 3], [1, 2, 3, 4, 5, 6]))).toEqual([1, 4, 2, 5, 3, 6]);
  expect(run((x) => pad(x, { low: [1], high: [1], inner: [1], value: 9 }), f32([2], [1, 2]))).toEqual([9, 1, 9, 2, 9]);
});

test('reductions see every element, and nothing gives the identity', () => {
  expect(run((x) => reduceSum(x, { axes: [1] }), f32([2, 3], [1, 2, 3, 4, 5, 6]))).toEqual([6, 15]);
  expect(run((x) => reduceMax(x, { axes: [0] }), f32([0, 2], []))).toEqual([-Infinity, -Infinity]);
  expect(run((x) => reduceMax(x, { axes: [0] }), f32([3], [1, Number.NaN, 2]))).toEqual([Number.NaN]);
});

test('products of matrices and convolutions agree with sums written out', () => {
  const product = { batch: [[], []], contract: [[1], [0]] } as const;
  expect(run((x, y) => dot(x, y, product), f32([2, 2], [1, 2, 3, 4]), f32([2, 2], [5, 6, 7, 8]))).toEqual([
    19, 22, 43, 50,
  ]);
  const attrs = { strides: [1], padding: [[1, 1]], dilation: [1], inputDilation: [1] } as const;
  expect(run((x, w) => conv(x, w, attrs), f32([1, 3, 1, 1], [1, 2, 3]), f32([1, 3, 1, 1], [1, 10, 100]))).toEqual([
    210, 321, 32,
  ]);
});

test('results are rounded to their dtype when they are stored', () => {
  expect(run((x, y) => add(x, y), f32([1], [0.1]), f32([1], [0.2]))).toEqual([
    Math.fround(Math.fround(0.1) + Math.fround(0.2)),
  ]);
  const int8: Given = { shape: [2], dtype: 'int8', values: [100, -128] };
  expect(run((x) => add(x, x), int8)).toEqual([-56, 0]);
  const int32: Given = { shape: [2], dtype: 'int32', values: [65537, -7] };
  expect(run((x) => mul(x, x), int32)).toEqual([131073, 49]);
  const double: Given = { shape: [1], dtype: 'float64', values: [0.1] };
  expect(run((x) => div(x, full({ shape: [1], dtype: 'float64', value: 3 })), double)).toEqual([0.1 / 3]);
  expect(run((x) => convert(x, { dtype: 'bfloat16' }), f32([1], [1.01171875]))).toEqual([0x3f82]);
});

test('floats to integers truncate and saturate, and halves round to even', () => {
  const x = f32([5], [1.9, -1.9, 1e20, Number.NaN, -1e20]);
  expect(run((t) => convert(t, { dtype: 'int32' }), x)).toEqual([1, -1, 2147483647, 0, -2147483648]);
  expect(run((t) => convert(t, { dtype: 'uint8' }), x)).toEqual([1, 0, 255, 0, 0]);
  expect(run((t) => round(t), f32([6], [0.5, 1.5, -0.5, -1.5, 2.4, -2.6]))).toEqual([0, 2, -0, -2, 2, -3]);
});

test('sixteen-bit floats survive the way there and back', () => {
  for (let bits = 0; bits < 65536; bits++) {
    const half = fromFloat16(bits);
    if (!Number.isNaN(half) && toFloat16(half) !== bits) expect.fail(`float16 ${bits}`);
    const brain = fromBfloat16(bits);
    if (!Number.isNaN(brain) && toBfloat16(brain) !== bits) expect.fail(`bfloat16 ${bits}`);
  }
  expect(toFloat16(1 + 2 ** -11)).toBe(0x3c00);
  expect(toFloat16(1 + 3 * 2 ** -11)).toBe(0x3c02);
  expect(toFloat16(65519)).toBe(0x7bff);
  expect(toFloat16(65520)).toBe(0x7c00);
  expect(toBfloat16(1 + 2 ** -8)).toBe(0x3f80);
  expect(toBfloat16(1 + 2 ** -8 + 2 ** -40)).toBe(0x3f81);
});

test('special functions have their known values', () => {
  expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 15);
  expect(erf(3)).toBeCloseTo(0.9999779095030014, 15);
  expect(erfinv(0.5)).toBeCloseTo(0.4769362762044699, 15);
  for (const x of [-3, -0.1, 1e-9, 0.7, 2.5]) expect(erfinv(erf(x)) / x).toBeCloseTo(1, 9);
  expect(lgammaOf(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
  expect(lgammaOf(10)).toBeCloseTo(Math.log(362880), 13);
  expect(lgammaOf(-1.5)).toBeCloseTo(0.860047015376481, 14);
  expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 14);
  expect(digamma(-0.5)).toBeCloseTo(0.03648997397857652, 14);
  expect(run((x) => lgamma(x), f32([2], [1, 2]))[1]).toBeCloseTo(0, 6);
});

test('nextAfter moves by one unit of float32', () => {
  expect(run((x, y) => nextAfter(x, y), f32([3], [1, 0, 1]), f32([3], [2, -1, 0]))).toEqual([
    1 + 2 ** -23,
    -(2 ** -149),
    1 - 2 ** -24,
  ]);
});

test('a donated input is updated in place, and an output that is an input gets its own bytes', () => {
  const device = referenceDevice();
  const [x, y] = [new Tensor({ shape: [2], dtype: 'float32' }), new Tensor({ shape: [2], dtype: 'float32' })];
  const program = makeProgram('swap', [x, y], [add(x, y), x, x], new Map([[0, 0]]));
  const [a, b] = [device.upload(Float32Array.of(1, 2), 'float32'), device.upload(Float32Array.of(10, 20), 'float32')];
  const [sum, first, second] = device.compile(program).run([a, b]);
  expect(sum).toBe(a);
  expect(device.download(a, x)).toEqual(Float32Array.of(11, 22));
  expect(device.download(first!, x)).toEqual(Float32Array.of(1, 2));
  expect(first).not.toBe(second);
  expect(device.bytesInUse).toBe(32);
  for (const buffer of [a, b, first!, second!]) device.free(buffer);
  expect(device.bytesInUse).toBe(0);
  expect(() => device.download(a, x)).toThrow('freed');
});

test('ten million multiply-adds of a convolution end', () => {
  const attrs = {
    strides: [1, 1],
    padding: [
      [1, 1],
      [1, 1],
    ],
    dilation: [1, 1],
    inputDilation: [1, 1],
  } as const;
  const x = { shape: [1, 32, 32, 1, 32], values: new Float32Array(32 * 32 * 32).fill(1) };
  const w = { shape: [1, 3, 3, 32, 32], values: new Float32Array(9 * 32 * 32).fill(1) };
  expect(run((a, b) => conv(a, b, attrs), x, w)[33 * 32]).toBe(288);
});
