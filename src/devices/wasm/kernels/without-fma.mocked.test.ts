import { describe, expect, it, vi } from 'vitest';
import { Heap } from '../../host/heap.ts';
import { matmul } from '../../kernels/matmul.ts';
import { ModuleBuilder } from '../encoder/index.ts';
import { kernelsOf } from './machine.ts';
import { largeBlock } from './micro-kernel.ts';
import { storeRows } from './store-rows.ts';

// An engine without relaxed SIMD and without shared memory.
vi.mock('../features.ts', async (original) => {
  const real = await original<typeof import('../features.ts')>();
  return { ...real, features: () => ({ relaxedMadd: false, fused: false, threads: false, mayBlock: false }) };
});

describe('an engine without fused multiply-add and shared memory', () => {
  it('multiplies with a smaller block, on one thread', () => {
    expect(largeBlock()).toEqual({ rows: 5, vectors: 2 });
    const heap = new Heap({ shared: false });
    const [m, n, k] = [53, 41, 67];
    const [a, b, c] = [m * k, k * n, m * n].map((count) => heap.allocate(4 * count)) as [number, number, number];
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', heap.limits);
    const kernel = matmul(kernelsOf(module), 'product', {
      m,
      n,
      k,
      a: { row: k, column: 1 },
      b: { row: n, column: 1 },
      extra: 1,
      epilogue: storeRows(0, n),
    });
    module.export('product', kernel.function);
    const workspace = heap.allocate(kernel.workspace(1));
    const [x, y] = [heap.float32(a, m * k), heap.float32(b, k * n)];
    x.forEach((_, i) => {
      x[i] = Math.sin(i);
    });
    y.forEach((_, i) => {
      y[i] = Math.cos(i * i);
    });
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory: heap.memory } });
    (instance.exports['product'] as (...args: number[]) => void)(0, 1, a, b, workspace, c);
    const out = heap.float32(c, m * n);
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let q = 0; q < k; q++) sum += x[i * k + q]! * y[q * n + j]!;
        expect(Math.abs(out[i * n + j]! - sum)).toBeLessThan(1e-5);
      }
  });
});
