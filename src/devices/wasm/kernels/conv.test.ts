import { afterAll, describe, expect, it } from 'vitest';
import {
  type ConvAxis,
  type ConvCase,
  convolutions,
  filterGradient,
  forward,
  inputGradient,
  stepOf,
} from '../../../../test/convolutions.ts';
import { Algebra } from '../../../algebra/algebra.ts';
import { Heap } from '../../host/heap.ts';
import { ThreadPool } from '../../host/threads.ts';
import { makeContraction } from '../emit/contraction.ts';
import { ModuleBuilder } from '../encoder/index.ts';

const heap = new Heap({ shared: true });
const pool = new ThreadPool(heap, 2);
afterAll(() => pool.close());

let seed = 11;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5;

/** The largest difference between the kernel's outputs and the definition in float64. */
function error(spec: ConvCase, threads: number): number {
  const { axes, batch, groups, inputs, outputs } = spec;
  const span = (strides: [number, number][]) => strides.reduce((sum, [size, stride]) => sum + (size - 1) * stride, 1);
  const xs = span([
    [batch, spec.x.batch],
    [groups, spec.x.group],
    [inputs, spec.x.channel],
    ...axes.map((a) => [a.x, a.xStride] as [number, number]),
  ]);
  const ws = span([
    [groups, spec.w.group],
    [inputs, spec.w.input],
    [outputs, spec.w.output],
    ...axes.map((a) => [a.w, a.wStride] as [number, number]),
  ]);
  const x = Float32Array.from({ length: xs }, random);
  const w = Float32Array.from({ length: ws }, random);
  const positions = batch * axes.reduce((p, a) => p * a.out, 1);
  const columns = groups * outputs;
  const [px, pw, py] = [heap.allocate(4 * xs), heap.allocate(4 * ws), heap.allocate(4 * positions * columns)];
  heap.float32(px, xs).set(x);
  heap.float32(pw, ws).set(w);
  heap.float32(py, positions * columns).fill(NaN);
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', heap.limits);
  const made = makeContraction(stepOf(spec), new Algebra());
  const kernel = made.write(module);
  module.export('conv', kernel.function);
  const workspace = heap.allocate(kernel.workspace(threads));
  heap.bytes(workspace, kernel.workspace(threads)).fill(255);
  const id = pool.load(new WebAssembly.Module(module.build()));
  const [dx, dw] = made.offsets;
  pool.run(id, 'conv', [px + 4 * dx, pw + 4 * dw, workspace, py], threads);
  const y = heap.float32(py, positions * columns);
  let worst = 0;
  const walk = (q: number[], n: number, g: number, o: number): number => {
    let sum = 0;
    const deeper = (d: number, atX: number, atW: number) => {
      if (d === axes.length) {
        for (let c = 0; c < inputs; c++) sum += x[atX + c * spec.x.channel]! * w[atW + c * spec.w.input]!;
        return;
      }
      const a = axes[d]!;
      for (let k = 0; k < a.w; k++) {
        const s = q[d]! * a.stride + k * a.dilation - a.low;
        if (s < 0 || s % a.inputDilation || s / a.inputDilation >= a.x) continue;
        deeper(d + 1, atX + (s / a.inputDilation) * a.xStride, atW + (a.flip ? a.w - 1 - k : k) * a.wStride);
      }
    };
    deeper(0, n * spec.x.batch + g * spec.x.group, g * spec.w.group + o * spec.w.output);
    return sum;
  };
  for (let row = 0; row < positions; row++) {
    let rest = row;
    const q = axes.map(() => 0);
    for (let d = axes.length - 1; d >= 0; d--) {
      q[d] = rest % axes[d]!.out;
      rest = Math.floor(rest / axes[d]!.out);
    }
    for (let column = 0; column < columns; column++) {
      const expected = walk(q, rest, Math.floor(column / outputs), column % outputs);
      worst = Math.max(worst, Math.abs(y[row * columns + column]! - expected));
    }
  }
  for (const address of [px, pw, py, workspace]) heap.free(address);
  pool.unload(id);
  return worst;
}

describe('conv', () => {
  it.each(convolutions)('%s: output and both gradients, on one thread and on two', (_, spec) => {
    for (const threads of [1, 2]) {
      expect(error(spec, threads)).toBeLessThan(5e-5);
      expect(error(inputGradient(spec), threads)).toBeLessThan(5e-5);
      expect(error(filterGradient(spec), threads)).toBeLessThan(5e-5);
    }
  });

  it('spreads its input like a transposed convolution', () => {
    const spec = forward(2, 1, 6, 7, [
      [5, 3, { inputDilation: 2, low: 2 }],
      [4, 2, { inputDilation: 3, low: 1 }],
    ]);
    for (const threads of [1, 2]) {
      expect(error(spec, threads)).toBeLessThan(1e-5);
      expect(error(inputGradient(spec), threads)).toBeLessThan(1e-5);
      expect(error(filterGradient(spec), threads)).toBeLessThan(1e-5);
    }
  });

  it('keeps groups apart', () => {
    for (const threads of [1, 2]) {
      expect(
        error(
          forward(2, 3, 4, 8, [
            [6, 3, { low: 1 }],
            [7, 3],
          ]),
          threads,
        ),
      ).toBeLessThan(1e-5);
      expect(
        error(
          forward(2, 2, 5, 3, [
            [6, 1],
            [7, 1],
          ]),
          threads,
        ),
      ).toBeLessThan(1e-5);
    }
  });

  it.each([4, 7, 32, 38])('computes long lines of a depthwise convolution of %i channels', (groups) => {
    const lines: Partial<ConvAxis>[] = [
      { low: 1 },
      { low: 2, stride: 2 },
      { low: 2, dilation: 2 },
      { low: 1, flip: true },
      { low: -1 },
    ];
    for (const line of lines)
      for (const threads of [1, 2]) {
        const grid = forward(2, groups, 1, 1, [
          [5, 3, { low: 1 }],
          [14, 3, line],
        ]);
        expect(error(grid, threads)).toBeLessThan(1e-5);
        expect(error(forward(2, groups, 2, 1, [[14, 4, line]]), threads)).toBeLessThan(1e-5);
      }
  });

  it.each([4, 6, 32, 35, 70])(
    'computes depthwise convolutions of %i channels and their gradients directly',
    (groups) => {
      const spec = forward(2, groups, 1, 1, [
        [6, 3, { low: 1 }],
        [7, 3, { stride: 2, low: 1 }],
      ]);
      const positions = spec.axes.map((a) => a.out) as [number, number];
      const g = { batch: positions[0] * positions[1] * groups, rows: positions[1] * groups };
      const axes = spec.axes as [ConvAxis, ConvAxis];
      const strides = [g.rows, groups];
      const inputs: ConvCase = {
        ...spec,
        x: { batch: g.batch, group: 1, channel: 1 },
        axes: axes.map((a, i) => ({
          ...a,
          x: a.out,
          out: a.x,
          stride: 1,
          inputDilation: a.stride,
          low: a.w - 1 - a.low,
          xStride: strides[i]!,
          flip: true,
        })),
      };
      const filter: ConvCase = {
        ...spec,
        batch: 1,
        inputs: 2,
        x: { batch: 0, group: 1, channel: spec.x.batch },
        w: { group: 1, input: g.batch, output: 1 },
        axes: axes.map((a, i) => ({ ...a, w: a.out, out: a.w, stride: 1, dilation: a.stride, wStride: strides[i]! })),
      };
      for (const threads of [1, 2])
        for (const c of [spec, inputs, filter]) expect(error(c, threads)).toBeLessThan(1e-5);
    },
  );
});
