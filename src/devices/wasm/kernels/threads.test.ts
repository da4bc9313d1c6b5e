import { describe, expect, it } from 'vitest';
import {
  type ConvCase,
  convolutions,
  filterGradient,
  forward,
  inputGradient,
  stepOf,
} from '../../../../test/convolutions.ts';
import { conflictOfThreads } from '../../../../test/recorded-threads.ts';
import { Algebra } from '../../../algebra/algebra.ts';
import { type MatmulSpec, matmul } from '../../kernels/matmul.ts';
import { partOf } from '../../kernels/part.ts';
import type { ProductKernel } from '../../kernels/tiled-product.ts';
import { barrier } from '../barrier.ts';
import { makeContraction } from '../emit/contraction.ts';
import { type FunctionBuilder, load, ModuleBuilder, op } from '../encoder/index.ts';
import { kernelsOf } from './machine.ts';
import { storeRows } from './store-rows.ts';

const counts = [2, 3, 4, 7];
/** Bytes for each operand. */
const room = 1 << 19;

/** Threads that make the outputs of a kernel keep out of each other's way, and make each output once. */
function check(
  name: string,
  outputs: number,
  write: (module: ModuleBuilder) => ProductKernel,
  offsets: readonly [number, number] = [0, 0],
): void {
  for (const threads of counts) {
    const [a, b, c] = [room, 2 * room, 3 * room];
    const operands = [a + 4 * offsets[0], b + 4 * offsets[1]];
    const workspace = Math.ceil((c + 4 * outputs) / 64) * 64 + 64;
    const end = workspace + write(new ModuleBuilder()).workspace(threads);
    const conflict = conflictOfThreads({
      threads,
      bytes: end + 4096,
      write: (module) => write(module).function as FunctionBuilder,
      args: [...operands, workspace, c],
      writable: [
        [c, c + 4 * outputs],
        [workspace, end],
      ],
    });
    if (conflict) expect.fail(`${name}, ${threads} threads: ${conflict}`);
  }
}

function checkProduct(spec: Omit<MatmulSpec, 'extra' | 'epilogue'>): void {
  const { m, n, batch = [] } = spec;
  const products = batch.reduce((count, { size }) => count * size, 1);
  const whole = { ...spec, extra: 1, epilogue: storeRows(0, n, m * n) };
  check(JSON.stringify(spec), m * n * products, (module) => matmul(kernelsOf(module), 'product', whole));
}

function checkConvolution(name: string, spec: ConvCase): void {
  const { axes, batch, groups, outputs } = spec;
  const columns = groups * outputs;
  const positions = batch * axes.reduce((count, { out }) => count * out, 1);
  const made = makeContraction(stepOf(spec), new Algebra());
  check(name, positions * columns, (module) => made.write(module), made.offsets);
}

describe('threads that share a kernel', () => {
  it.each([
    [1, 1, 1],
    [32, 32, 8],
    [1, 100, 33],
    [2, 37, 5],
    [3, 7, 11],
    [7, 2, 1],
    [33, 1, 17],
    [13, 10, 12],
    [61, 67, 59],
    [100, 40, 300],
    [40, 33, 1700],
    [5, 150, 800],
    // Rows that threads take as they find time.
    [230, 130, 150],
  ])('multiply %i x %i over %i, however the operands lie', (m, n, k) => {
    const normal = { m, n, k, a: { row: k, column: 1 }, b: { row: n, column: 1 } };
    checkProduct(normal);
    if (m * n * k > 400_000) return;
    checkProduct({ ...normal, a: { row: 1, column: m } });
    checkProduct({ ...normal, b: { row: 1, column: k } });
    checkProduct({ ...normal, a: { row: 3 * k, column: 3 }, b: { row: 2 * n, column: 2 } });
  });

  it('multiply batches', () => {
    for (const [m, n, k, size] of [
      [9, 11, 5, 3],
      [50, 50, 16, 8],
      [1, 50, 16, 5],
      [40, 48, 300, 2],
    ] as const)
      for (const b of [0, k * n])
        checkProduct({
          ...{ m, n, k, a: { row: k, column: 1 }, b: { row: n, column: 1 } },
          batch: [{ size, a: m * k, b }],
        });
  });

  it.each(convolutions)('convolve: %s, and both gradients', (name, spec) => {
    checkConvolution(name, spec);
    checkConvolution(`${name}, inputs`, inputGradient(spec));
    checkConvolution(`${name}, filter`, filterGradient(spec));
  });

  it('convolve in groups, in phases and in odd sizes', () => {
    const grid = (batch: number, groups: number, inputs: number, outputs: number, w: number, low = 0): ConvCase =>
      forward(batch, groups, inputs, outputs, [
        [6, w, { low }],
        [7, w, { low }],
      ]);
    for (const batch of [1, 2, 5, 13])
      for (const outputs of [1, 2, 3, 5, 8, 13, 33])
        checkConvolution(`odd ${batch} ${outputs}`, grid(batch, 1, 3, outputs, 3, 1));
    checkConvolution('groups', grid(2, 3, 4, 8, 3, 1));
    checkConvolution('pointwise groups', grid(2, 2, 5, 3, 1));
    const spread = forward(2, 1, 6, 7, [
      [5, 3, { inputDilation: 2, low: 2 }],
      [4, 2, { inputDilation: 3, low: 1 }],
    ]);
    for (const spec of [spread, inputGradient(spread), filterGradient(spread)]) checkConvolution('phases', spec);
    checkConvolution(
      'large',
      forward(4, 1, 24, 40, [
        [14, 3, { low: 1 }],
        [14, 3, { low: 1 }],
      ]),
    );
  });

  it.each([4, 7, 32, 38, 70])('convolve %i channels one by one', (groups) => {
    for (const line of [
      { low: 1 },
      { low: 2, stride: 2 },
      { low: 2, dilation: 2 },
      { low: 1, flip: true },
      { low: -1 },
    ]) {
      const axes = [
        [5, 3, { low: 1 }],
        [14, 3, line],
      ] as const;
      checkConvolution(`depthwise ${JSON.stringify(line)}`, forward(2, groups, 1, 1, axes));
      checkConvolution(`lines ${JSON.stringify(line)}`, forward(2, groups, 2, 1, [[14, 4, line]]));
    }
  });

  it('are found out where they are not kept apart', () => {
    const [out, words] = [1024, 40];
    const found = (body: Parameters<typeof conflictOfThreads>[0]['write']): string | undefined =>
      conflictOfThreads({
        threads: 3,
        bytes: 4096,
        write: body,
        args: [],
        writable: [
          [out, out + 4 * words],
          [512, 516],
        ],
      });
    const shared = (step: number, reads: number, waits: boolean) => (module: ModuleBuilder) => {
      const f = module.func('f', ['i32', 'i32']);
      const [thread, threads] = f.params as [(typeof f.params)[0], (typeof f.params)[0]];
      const [from, to] = partOf(f, words, thread, threads);
      const at = f.local('i32');
      const value = f.local('i32');
      f.for(at, from, to, step, () => f.store('i32.store', op('i32.shl', at, 2), at, out));
      if (waits) f.call(barrier(module), thread, threads);
      f.set(value, load('i32.load', op('i32.shl', from, 2), out + 4 * reads));
      return f;
    };
    expect(found(shared(1, 0, false))).toBeUndefined();
    expect(found(shared(1, -1, true))).toBeUndefined();
    expect(found(shared(1, -1, false))).toContain('which thread 0 has written');
    expect(found(shared(2, 0, false))).toContain('of the result is written 0 times');
    expect(
      found((module) => {
        const f = module.func('f', ['i32', 'i32']);
        f.memoryFill(out, 0, 4 * words);
        return f;
      }),
    ).toContain('thread 1 writes byte 1024, which thread 0 has written');
    expect(
      found((module) => {
        const f = module.func('f', ['i32', 'i32']);
        f.store('i32.store', 516, 0);
        return f;
      }),
    ).toContain('where nothing is its own');
  });
});
