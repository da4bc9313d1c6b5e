import { afterAll, describe, expect, it } from 'vitest';
import { ModuleBuilder } from '../encoder/index.ts';
import { Heap } from '../heap.ts';
import { ThreadPool } from '../threads.ts';
import { conv } from './conv.ts';
import type { ConvAxis, ConvSpec } from './conv-geometry.ts';
import { storeRows } from './matmul.ts';

const heap = new Heap({ shared: true });
const pool = new ThreadPool(heap, 2);
afterAll(() => pool.close());

type Case = Omit<ConvSpec, 'extra' | 'epilogue'>;
let seed = 11;
const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647 - 0.5;

/** A forward convolution of contiguous x [n, ...p, g, c] with w [g, ...k, c, o] (or, like Keras, [...k, c, g, o]). */
function forward(
  batch: number,
  groups: number,
  inputs: number,
  outputs: number,
  spatial: readonly (readonly [x: number, w: number, options?: Partial<ConvAxis>])[],
): Case {
  let xStride = groups * inputs;
  let wStride = inputs * groups * outputs;
  const axes: ConvAxis[] = [];
  for (const [x, w, options] of [...spatial].reverse()) {
    const { stride = 1, dilation = 1, inputDilation = 1, low = 0 } = options ?? {};
    const high = low;
    const out = Math.floor(((x - 1) * inputDilation + 1 + low + high - ((w - 1) * dilation + 1)) / stride) + 1;
    axes.unshift({ x, w, out, stride, dilation, inputDilation, low, xStride, wStride, ...options });
    xStride *= x;
    wStride *= w;
  }
  return {
    batch,
    groups,
    inputs,
    outputs,
    axes,
    x: { batch: xStride, group: inputs, channel: 1 },
    w: { group: outputs, input: groups * outputs, output: 1 },
  };
}

/** The gradient of a forward convolution (one group) with respect to x: g slides over the window turned around. */
function inputGradient(c: Case): Case {
  let stride = c.outputs;
  const outStrides = [...c.axes]
    .reverse()
    .map((a) => (stride *= a.out) / a.out)
    .reverse();
  return {
    ...c,
    inputs: c.outputs,
    outputs: c.inputs,
    axes: c.axes.map((a, i) => ({
      x: a.out,
      w: a.w,
      out: a.x,
      stride: a.inputDilation,
      dilation: a.dilation,
      inputDilation: a.stride,
      low: (a.w - 1) * a.dilation - a.low,
      xStride: outStrides[i]!,
      wStride: a.wStride,
      flip: true,
    })),
    x: { batch: stride, group: c.outputs, channel: 1 },
    w: { group: c.w.group, input: c.w.output, output: c.w.input },
  };
}

/** The gradient of a forward convolution (one group) with respect to w: g is the window, batch and channels change places. */
function filterGradient(c: Case): Case {
  let stride = c.outputs;
  const outStrides = [...c.axes]
    .reverse()
    .map((a) => (stride *= a.out) / a.out)
    .reverse();
  return {
    batch: c.inputs,
    groups: 1,
    inputs: c.batch,
    outputs: c.outputs,
    axes: c.axes.map((a, i) => ({
      ...a,
      w: a.out,
      out: a.w,
      stride: a.dilation,
      dilation: a.stride,
      wStride: outStrides[i]!,
    })),
    x: { batch: c.x.channel, group: 0, channel: c.x.batch },
    w: { group: 0, input: stride, output: 1 },
  };
}

/** The largest difference between the kernel's outputs and the definition in float64. */
function error(spec: Case, threads: number): number {
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
  const kernel = conv(module, 'conv', { ...spec, extra: 1, epilogue: storeRows(0, columns) });
  module.export('conv', kernel.function);
  const workspace = heap.allocate(kernel.workspace(threads));
  heap.bytes(workspace, kernel.workspace(threads)).fill(255);
  const id = pool.load(new WebAssembly.Module(module.build()));
  pool.run(id, 'conv', [px, pw, workspace, py], threads);
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

const cases: [string, Case][] = [
  [
    '3x3, padded',
    forward(2, 1, 8, 12, [
      [9, 3, { low: 1 }],
      [7, 3, { low: 1 }],
    ]),
  ],
  [
    '3x3, three channels in',
    forward(3, 1, 3, 16, [
      [10, 3, { low: 1 }],
      [11, 3, { low: 1 }],
    ]),
  ],
  [
    'strides, few outputs',
    forward(2, 1, 5, 3, [
      [9, 3, { stride: 2, low: 1 }],
      [8, 2, { stride: 3 }],
    ]),
  ],
  [
    'dilation',
    forward(2, 1, 4, 9, [
      [9, 3, { dilation: 2, low: 2 }],
      [8, 2, { dilation: 3 }],
    ]),
  ],
  ['stride and dilation that meet no input twice', forward(2, 1, 6, 8, [[12, 2, { stride: 2, dilation: 3, low: 1 }]])],
  [
    'a window of one element',
    forward(3, 1, 7, 10, [
      [6, 1],
      [5, 1],
    ]),
  ],
  [
    'a window of one element with strides',
    forward(3, 1, 7, 10, [
      [6, 1, { stride: 2 }],
      [5, 1, { stride: 2 }],
    ]),
  ],
  [
    'one channel in',
    forward(2, 1, 1, 8, [
      [12, 5],
      [13, 5],
    ]),
  ],
  ['one axis', forward(4, 1, 6, 20, [[30, 4, { low: 3, stride: 2 }]])],
  [
    'three axes',
    forward(2, 1, 3, 5, [
      [5, 2, { low: 1 }],
      [6, 3],
      [7, 3, { stride: 2, low: 1 }],
    ]),
  ],
  ['an output smaller than the window', forward(2, 1, 2, 5, [[3, 5, { low: 2 }]])],
  [
    'many channels',
    forward(1, 1, 300, 40, [
      [5, 3, { low: 1 }],
      [5, 3, { low: 1 }],
    ]),
  ],
];

describe('conv', () => {
  it.each(cases)('%s: output and both gradients, on one thread and on two', (_, spec) => {
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
      const inputs: Case = {
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
      const filter: Case = {
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
