import { expect, test } from 'vitest';
import { gradients } from '../src/autodiff/gradients.ts';
import { type DType, dtypeInfo, type TypedArray } from '../src/base/dtype.ts';
import type { Shape } from '../src/base/shape.ts';
import { referenceDevice } from '../src/devices/reference/device.ts';
import { closeProgram, makeProgram, verifyProgram } from '../src/ir/program.ts';
import { Tensor } from '../src/ir/tensor.ts';
import * as p from '../src/primitives/index.ts';

const device = referenceDevice();
interface Given {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly values: readonly number[];
}
const f32 = (shape: Shape, values: readonly number[]): Given => ({ shape, dtype: 'float32', values });
const i32 = (shape: Shape, values: readonly number[]): Given => ({ shape, dtype: 'int32', values });

function run(f: (...inputs: Tensor[]) => readonly Tensor[], ...given: Given[]): number[][] {
  const inputs = given.map(({ shape, dtype }) => new Tensor({ shape, dtype }));
  const outputs = f(...inputs);
  const { program } = closeProgram(makeProgram('test', inputs, outputs));
  verifyProgram(program);
  const buffers = given.map(({ values, dtype }) => {
    const data = new dtypeInfo[dtype].array(values.length);
    data.set(values);
    return device.upload(data, dtype);
  });
  return device
    .compile(program)
    .run(buffers)
    .map((buffer, k) => Array.from(device.download(buffer, outputs[k]!) as TypedArray));
}
const one = (f: (...inputs: Tensor[]) => Tensor, ...given: Given[]): number[] =>
  run((...xs) => [f(...xs)], ...given)[0]!;
const scalar = (value: number, dtype: DType = 'float32'): Tensor => p.full({ shape: [], dtype, value });

test('a gather takes rows, fills or clamps what is outside', () => {
  const table = f32([3, 2], [1, 2, 3, 4, 5, 6]);
  const rows = i32([3], [2, -1, 5]);
  const at = (mode: 'fill' | 'clamp') =>
    one((x, i) => p.gather(x, [i], { batch: 0, axes: [0], mode, fill: 9 }), table, rows);
  expect(at('fill')).toEqual([5, 6, 9, 9, 9, 9]);
  expect(at('clamp')).toEqual([5, 6, 1, 2, 5, 6]);
  const along = { axis: 0, mode: 'clamp', fill: 0 } as const;
  expect(one((x, i) => p.gatherAlong(x, i, along), table, i32([1, 2], [2, 0]))).toEqual([5, 2]);
});

test('a scatter merges updates in order and drops those outside', () => {
  const zeros = f32([4], [0, 0, 0, 1]);
  const updates = f32([4], [1, 2, 3, 4]);
  const at = i32([4], [1, 1, 7, 3]);
  const into = (combine: 'set' | 'add' | 'max') =>
    one((x, u, i) => p.scatter(x, u, [i], { batch: 0, axes: [0], combine }), zeros, updates, at);
  expect(into('set')).toEqual([0, 2, 0, 4]);
  expect(into('add')).toEqual([0, 3, 0, 5]);
  expect(into('max')).toEqual([0, 2, 0, 4]);
});

test('the gradient of a row lookup adds the rows up', () => {
  const gradient = (table: Tensor, rows: Tensor, g: Tensor): Tensor =>
    gradients([p.gather(table, [rows], { batch: 0, axes: [0], mode: 'fill', fill: 0 })], [g], [table])[0]!;
  const g = f32([3, 2], [1, 2, 3, 4, 5, 6]);
  expect(one(gradient, f32([3, 2], [0, 0, 0, 0, 0, 0]), i32([3], [2, 0, 2]), g)).toEqual([3, 4, 0, 0, 6, 8]);
});

test('of equal elements in a window the first gets the gradient', () => {
  const attrs = {
    combine: 'max',
    window: [2, 2],
    strides: [1, 1],
    dilation: [1, 1],
    padding: [
      [0, 0],
      [0, 0],
    ],
  } as const;
  const gradient = (x: Tensor, g: Tensor): Tensor => gradients([p.reduceWindow(x, attrs)], [g], [x])[0]!;
  expect(one(gradient, f32([2, 3], [1, 1, 1, 1, 1, 1]), f32([1, 2], [10, 20]))).toEqual([10, 20, 0, 0, 0, 0]);
});

test('positions of extremes: the first of equal ones, NaN before all, -0 less than 0', () => {
  const x = f32([2, 4], [1, 3, 3, 2, 0, -0, 0, -0]);
  expect(one((t) => p.argMax(t, { axis: 1 }), x)).toEqual([1, 0]);
  expect(one((t) => p.argMin(t, { axis: 1 }), x)).toEqual([0, 1]);
  expect(one((t) => p.argMin(t, { axis: 0 }), f32([3], [1, Number.NaN, Number.NaN]))).toEqual([1]);
});

test('sorting is stable, puts NaN last, and rearranges all operands alike', () => {
  const keys = f32([7], [2, Number.NaN, -1, 2, -0, 0, -5]);
  const order = (descending: boolean) => one((x) => p.argSort(x, { axis: 0, descending }), keys);
  expect(order(false)).toEqual([6, 2, 4, 5, 0, 3, 1]);
  expect(order(true)).toEqual([1, 0, 3, 4, 5, 2, 6]);
  const values = i32([2, 3], [1, 2, 3, 4, 5, 6]);
  const sorted = run((x, y) => p.sort([x, y], { axis: 1, descending: false }), f32([2, 3], [3, 1, 2, 1, 3, 2]), values);
  expect(sorted).toEqual([
    [1, 2, 3, 1, 2, 3],
    [2, 3, 1, 4, 6, 5],
  ]);
});

test('sorting agrees with JavaScript for every length up to 70', () => {
  for (let n = 1; n < 70; n++) {
    const values = Array.from({ length: n }, (_, i) => (i * 7919) % 23);
    const expected = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
    expect(one((x) => p.argSort(x, { axis: 0, descending: false }), i32([n], values))).toEqual(expected);
    const top = values.map((_, i) => i).sort((a, b) => values[b]! - values[a]! || a - b);
    for (const k of [1, 3, n].filter((count) => count <= n))
      expect(one((x) => p.topK(x, { k }).indices, i32([n], values))).toEqual(top.slice(0, k));
  }
});

test('running sums and products go either way', () => {
  const x = f32([4], [1, 2, 3, 4]);
  expect(one((t) => p.cumSum(t, { axis: 0, reverse: false }), x)).toEqual([1, 3, 6, 10]);
  expect(one((t) => p.cumProd(t, { axis: 0, reverse: true }), x)).toEqual([24, 24, 12, 4]);
  expect(one((t) => p.cumMax(t, { axis: 0, reverse: false }), f32([4], [1, 3, 2, 5]))).toEqual([1, 3, 3, 5]);
});

test('a scan passes carries on, stacks results and sees tensors from outside', () => {
  const sums = run(
    (x, w) => {
      const outside = p.mul(w, w);
      const { carries, results } = p.scan(
        ([c], [slice]) => {
          const next = p.add(c!, p.mul(slice!, outside));
          return { carries: [next], results: [next] };
        },
        [scalar(0)],
        [x],
        { reverse: true },
      );
      const [g] = gradients([carries[0]!], [scalar(1)], [w]);
      return [carries[0]!, results[0]!, g!];
    },
    f32([3], [1, 2, 3]),
    f32([], [2]),
  );
  expect(sums).toEqual([[24], [24, 20, 12], [24]]);
});

test('only the chosen branch decides, and a number outside is clamped', () => {
  const choose = (index: number) =>
    run(
      (i, x) => p.switchCase(i, [([y]) => [p.neg(y!)], ([y]) => [p.mul(y!, x)], ([y]) => [y!]], [x]),
      i32([], [index]),
      f32([2], [3, 4]),
    )[0];
  expect([-3, 0, 1, 2, 9].map(choose)).toEqual([
    [-3, -4],
    [-3, -4],
    [9, 16],
    [3, 4],
    [3, 4],
  ]);
  const either = (value: number) =>
    one(
      (x) =>
        p.cond(
          p.gt(x, scalar(0)),
          ([y]) => [p.mul(y!, y!)],
          ([y]) => [p.neg(y!)],
          [x],
        )[0]!,
      f32([], [value]),
    );
  expect([either(3), either(-2)]).toEqual([[9], [2]]);
});

test('a while loop stops by its condition or its bound, and the bounded one has a gradient', () => {
  const double = (x: Tensor, maxIterations?: number): readonly Tensor[] =>
    p.whileLoop(
      ([y]) => p.lt(y!, scalar(100)),
      ([y]) => [p.mul(y!, scalar(2))],
      [x],
      { maxIterations },
    );
  const three = f32([], [3]);
  expect(run((x) => double(x), three)).toEqual([[192]]);
  expect(run((x) => double(x, 4), three)).toEqual([[48]]);
  expect(one((x) => gradients(double(x, 20), [scalar(1)], [x])[0]!, three)).toEqual([64]);
  expect(() => one((x) => gradients(double(x), [scalar(1)], [x])[0]!, three)).toThrow('maxIterations');
});

test('a custom gradient replaces the one of the function', () => {
  const tripled = (x: Tensor): Tensor =>
    p.callWithGradient(
      ([y]) => [p.mul(y!, y!)],
      [x],
      ([g]) => [p.mul(g!, scalar(3))],
    )[0]!;
  expect(run((x) => [tripled(x), gradients([tripled(x)], [scalar(1)], [x])[0]!], f32([], [5]))).toEqual([[25], [3]]);
});
