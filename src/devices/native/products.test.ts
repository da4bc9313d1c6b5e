import { it } from 'vitest';
import { expectNear, type Judged } from '../../../test/device-programs.ts';
import { guardedHeap } from '../../../test/guarded-memory.ts';
import { kernelPrograms } from '../../../test/kernel-programs.ts';
import { gradients } from '../../autodiff/gradients.ts';
import { makeProgram } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { conv, dot, transpose } from '../../primitives/index.ts';
import { nativeDevice } from './device.ts';
import { widthsHere } from './testing.ts';

// Arrays have the slack behind them that whole programs may read, and no byte more.
const devices: readonly Judged[] = widthsHere().flatMap((lanes) => [
  [`${lanes} lanes`, nativeDevice({ lanes, threads: 1, heap: guardedHeap() })] as const,
  [`${lanes} lanes on three threads`, nativeDevice({ lanes, threads: 3, leastWork: 0, heap: guardedHeap() })] as const,
]);
const tensor = (...shape: number[]): Tensor => new Tensor({ shape, dtype: 'float32' });
const product = (a: Tensor, b: Tensor): Tensor => dot(a, b, { batch: [[], []], contract: [[1], [0]] });

// One, and around whole vectors and whole blocks of registers.
const sizes = [1, 3, 5, 8, 13, 15, 16, 17, 33, 65];

it.skipIf(devices.length === 0)('multiplies matrices of all sizes, whichever way they lie', () => {
  let n = 0;
  for (const rows of sizes)
    for (const columns of sizes) {
      const depth = sizes[(7 * n++) % sizes.length]!;
      const [a, b] = [tensor(rows, depth), tensor(depth, columns)];
      const [at, bt] = [tensor(depth, rows), tensor(columns, depth)];
      const turned = (x: Tensor): Tensor => transpose(x, { perm: [1, 0] });
      const outputs = [product(a, b), product(turned(at), b), product(a, turned(bt)), product(turned(at), turned(bt))];
      expectNear(makeProgram(`${rows} ${depth} ${columns}`, [a, b, at, bt], outputs), devices);
    }
});

it.skipIf(devices.length === 0)('multiplies in several goes, and products of a batch', () => {
  for (const [rows, depth, columns] of [
    [30, 2000, 70],
    [200, 1600, 300],
    [3, 5000, 2],
    [130, 40, 700],
  ] as const) {
    const [a, b] = [tensor(rows, depth), tensor(depth, columns)];
    expectNear(makeProgram(`${rows} ${depth} ${columns}`, [a, b], [product(a, b)]), devices, 1e-4);
  }
  const [a, b] = [tensor(3, 5, 20, 33), tensor(3, 33, 40)];
  const many = dot(a, b, { batch: [[0], [0]], contract: [[3], [1]] });
  expectNear(makeProgram('batch', [a, b], [many]), devices, 1e-4);
});

it.skipIf(devices.length === 0)('convolves with windows that leave the image, in groups, far apart', () => {
  const pair = (x: number): [number, number] => [x, x];
  for (const [groups, inputs, outputs] of [
    [1, 1, 5],
    [1, 3, 33],
    [1, 16, 16],
    [1, 20, 3],
    [3, 5, 17],
    [37, 1, 1],
    [16, 2, 1],
  ] as const)
    for (const [window, stride, dilation, spread] of [
      [1, 1, 1, 1],
      [3, 1, 1, 1],
      [3, 2, 1, 1],
      [2, 1, 3, 1],
      [3, 1, 1, 2],
    ] as const) {
      const [x, w] = [tensor(2, 9, 7, groups, inputs), tensor(groups, window, window, inputs, outputs)];
      const y = conv(x, w, {
        strides: pair(stride),
        dilation: pair(dilation),
        inputDilation: pair(spread),
        padding: [pair(window - 1), [0, window - 1]],
      });
      expectNear(makeProgram(`${[groups, inputs, outputs, window, stride, dilation, spread]}`, [x, w], [y]), devices);
    }
});

it.skipIf(devices.length === 0)(
  'reads windows where they overlap: lines that are short, cut, strided, longer than a go',
  () => {
    for (const [n, height, width, inputs, outputs, window, stride, padding] of [
      [3, 7, 7, 20, 40, 3, 1, [1, 1]],
      [5, 3, 2, 6, 20, 3, 1, [1, 1]],
      [4, 1, 1, 33, 17, 1, 1, [0, 0]],
      [2, 4, 33, 3, 20, 7, 2, [3, 3]],
      [2, 4, 33, 17, 20, 3, 2, [0, 1]],
      [2, 5, 31, 16, 70, 4, 1, [0, 0]],
      [2, 5, 31, 5, 9, 1, 2, [0, 0]],
      [1, 3, 40, 300, 5, 3, 1, [1, 1]],
      [1, 2, 20, 4, 8, 5, 1, [9, 9]],
    ] as const) {
      const [x, w] = [tensor(n, height, width, 1, inputs), tensor(1, window, window, inputs, outputs)];
      const each: [number, number] = [...padding];
      const y = conv(x, w, {
        dilation: [1, 1],
        inputDilation: [1, 1],
        strides: [stride, stride],
        padding: [[window >> 1, window >> 1], each],
      });
      expectNear(makeProgram(`${[n, height, width, inputs, outputs, window, stride]}`, [x, w], [y]), devices, 1e-4);
    }
  },
);

it.skipIf(devices.length === 0)('sums gradients of filters over lines of the image', () => {
  for (const [n, height, width, inputs, outputs, window, stride, padding] of [
    [3, 7, 7, 5, 12, 3, 1, [1, 1]],
    [2, 5, 33, 16, 40, 3, 2, [0, 1]],
    [2, 5, 31, 1, 9, 5, 1, [0, 0]],
    [2, 6, 50, 20, 33, 1, 2, [0, 0]],
    [2, 3, 60, 129, 5, 3, 1, [1, 1]],
    [2, 9, 40, 3, 20, 7, 2, [9, 9]],
  ] as const) {
    const [x, w] = [tensor(n, height, width, 1, inputs), tensor(1, window, window, inputs, outputs)];
    const each: [number, number] = [...padding];
    const y = conv(x, w, {
      strides: [stride, stride],
      dilation: [1, 1],
      inputDilation: [1, 1],
      padding: [[window >> 1, window >> 1], each],
    });
    const dy = tensor(...y.shape);
    const [gradient] = gradients([y], [dy], [w]);
    expectNear(
      makeProgram(`${[n, height, width, inputs, outputs, window, stride]}`, [x, dy], [gradient!]),
      devices,
      1e-4,
    );
  }
});

// 16-bit floats are given as bits.
const programs = Object.entries(kernelPrograms).filter(([name]) => !/16|mixed/.test(name));
it.skipIf(devices.length === 0).each(programs)('runs %s', (_, make) => {
  const program = make();
  const positive = (n: number): boolean => n >= program.inputs.length / 2;
  expectNear(program, devices, 1e-3, (n) =>
    program.inputs[n]!.dtype === 'int32' ? { low: 3, high: 30 } : positive(n) ? { low: 0.1 } : {},
  );
});
