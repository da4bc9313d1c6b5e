import { afterAll, describe, expect, it } from 'vitest';
import { Heap } from '../../host/heap.ts';
import { ThreadPool } from '../../host/threads.ts';
import { type MatmulSpec, matmul } from '../../kernels/matmul.ts';
import { type FunctionBuilder, lane, load, ModuleBuilder, op } from '../encoder/index.ts';
import { kernelsOf } from './machine.ts';
import { storeLanes, storeRows } from './store-rows.ts';

const heap = new Heap({ shared: true });
const pool = new ThreadPool(heap, 2);
afterAll(() => pool.close());

type Case = Omit<MatmulSpec, 'extra' | 'epilogue'>;

let seed = 7;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5;

function fill(count: number): { address: number; values: Float32Array } {
  const values = Float32Array.from({ length: count }, random);
  const address = heap.allocate(4 * count);
  heap.float32(address, count).set(values);
  return { address, values };
}

/** The number of elements a matrix with a batch spans. */
function span(rows: number, columns: number, s: { row: number; column: number }, batch: number[][]): number {
  return (rows - 1) * s.row + (columns - 1) * s.column + batch.reduce((t, [size, d]) => t + (size! - 1) * d!, 0) + 1;
}

/** The largest difference between the kernel's outputs and sums in float64, relative to the size of the sums. */
function error(spec: Case, threads: number): number {
  const batch = spec.batch ?? [];
  const a = fill(
    span(
      spec.m,
      spec.k,
      spec.a,
      batch.map((x) => [x.size, x.a]),
    ),
  );
  const b = fill(
    span(
      spec.k,
      spec.n,
      spec.b,
      batch.map((x) => [x.size, x.b]),
    ),
  );
  const count = batch.reduce((t, { size }) => t * size, 1);
  const c = heap.allocate(4 * spec.m * spec.n * count);
  heap.float32(c, spec.m * spec.n * count).fill(NaN);
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', heap.limits);
  const kernel = matmul(kernelsOf(module), 'product', {
    ...spec,
    extra: 1,
    epilogue: storeRows(0, spec.n, spec.m * spec.n),
  });
  module.export('product', kernel.function);
  const workspace = heap.allocate(kernel.workspace(threads));
  const id = pool.load(new WebAssembly.Module(module.build()));
  pool.run(id, 'product', [a.address, b.address, workspace, c], threads);
  const out = heap.float32(c, spec.m * spec.n * count);
  let worst = 0;
  for (let q = 0; q < count; q++) {
    let [oa, ob, rest] = [0, 0, q];
    for (const axis of [...batch].reverse()) {
      oa += (rest % axis.size) * axis.a;
      ob += (rest % axis.size) * axis.b;
      rest = Math.floor(rest / axis.size);
    }
    for (let i = 0; i < spec.m; i++)
      for (let j = 0; j < spec.n; j++) {
        let sum = 0;
        for (let k = 0; k < spec.k; k++)
          sum +=
            a.values[oa + i * spec.a.row + k * spec.a.column]! * b.values[ob + k * spec.b.row + j * spec.b.column]!;
        const difference = Math.abs(out[(q * spec.m + i) * spec.n + j]! - sum) / Math.sqrt(spec.k);
        worst = Math.max(worst, difference);
      }
  }
  for (const address of [a.address, b.address, c, workspace]) heap.free(address);
  pool.unload(id);
  return worst;
}

const plain = (m: number, n: number, k: number): Case => ({
  m,
  n,
  k,
  a: { row: k, column: 1 },
  b: { row: n, column: 1 },
});

describe('matmul', () => {
  it.each([
    [1, 1, 1],
    [32, 32, 8],
    [1, 10, 64],
    [1, 100, 33],
    [2, 37, 5],
    [3, 7, 11],
    [7, 3, 9],
    [7, 2, 1],
    [33, 1, 17],
    [13, 10, 12],
    [6, 8, 4],
    [61, 67, 59],
    [100, 40, 1000],
    [70, 90, 300],
    [200, 33, 1700],
    [5, 300, 900],
  ])('multiplies %i x %i over %i, however the operands lie, on one thread and on two', (m, n, k) => {
    const normal = plain(m, n, k);
    const lies: Case[] = [
      normal,
      { ...normal, a: { row: 1, column: m } },
      { ...normal, b: { row: 1, column: k } },
      { ...normal, a: { row: 1, column: m }, b: { row: 1, column: k } },
      { ...normal, a: { row: k + 3, column: 1 }, b: { row: n + 5, column: 1 } },
    ];
    if (m * n * k < 100_000) lies.push({ ...normal, a: { row: 3 * k, column: 3 }, b: { row: 2 * n, column: 2 } });
    for (const lie of lies)
      for (const threads of [1, 2]) expect(error(lie, threads), JSON.stringify(lie)).toBeLessThan(1e-6);
  });

  it('multiplies batches, with broadcast axes and heads between the axes', () => {
    for (const threads of [1, 2]) {
      const two = { ...plain(9, 11, 5), batch: [{ size: 3, a: 45, b: 55 }] };
      expect(error(two, threads)).toBeLessThan(1e-6);
      const broadcast = [
        { size: 2, a: 0, b: 3 * 55 },
        { size: 3, a: 45, b: 55 },
      ];
      expect(error({ ...two, batch: broadcast }, threads)).toBeLessThan(1e-6);
      // Attention scores: queries and keys of shape [batch 2, time 50, heads 4, depth 16].
      const heads = [
        { size: 2, a: 50 * 64, b: 50 * 64 },
        { size: 4, a: 16, b: 16 },
      ];
      const scores: Case = { m: 50, n: 50, k: 16, a: { row: 64, column: 1 }, b: { row: 1, column: 64 }, batch: heads };
      expect(error(scores, threads)).toBeLessThan(1e-6);
      expect(error({ ...scores, m: 1 }, threads)).toBeLessThan(1e-6);
      const large = { ...plain(64, 48, 700), batch: [{ size: 3, a: 64 * 700, b: 48 * 700 }] };
      expect(error(large, threads)).toBeLessThan(1e-6);
    }
  });

  it('hands each output once to the epilogue, with its place', () => {
    const [m, n, k] = [13, 11, 6];
    const a = fill(m * k);
    const b = fill(k * n);
    const bias = fill(n);
    const c = heap.allocate(4 * m * n);
    heap.float32(c, m * n).fill(100);
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', heap.limits);
    const { function: f, workspace } = matmul(kernelsOf(module), 'dense', {
      ...plain(m, n, k),
      extra: 2,
      epilogue(e, { value, row, column, lanes, extra }) {
        const [out, biases] = extra as [never, never];
        const address = e.let('i32', op('i32.shl', op('i32.add', op('i32.mul', row, n), column), 2));
        const atBias = op('i32.add', biases, op('i32.shl', column, 2));
        e.set(value, op('f32x4.max', op('f32x4.add', value, load('v128.load', atBias)), 0));
        e.set(address, op('i32.add', out, address));
        // Adds to what is there, so that an output handed over twice would show.
        const sum = e.let('v128', load('v128.load', address));
        e.set(sum, op('f32x4.add', sum, value));
        storeLanes(e as FunctionBuilder, address, sum, lanes);
        expect(lane('f32x4.extract_lane', 0, sum).lane).toBe(0);
      },
    });
    module.export('dense', f as FunctionBuilder);
    const id = pool.load(new WebAssembly.Module(module.build()));
    pool.run(id, 'dense', [a.address, b.address, heap.allocate(workspace(2)), c, bias.address]);
    const out = heap.float32(c, m * n);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = bias.values[j]!;
        for (let x = 0; x < k; x++) sum += a.values[i * k + x]! * b.values[x * n + j]!;
        expect(out[i * n + j]!).toBeCloseTo(100 + Math.max(0, sum), 4);
      }
  });
});
