import { expect, test } from 'vitest';
import { type Shape, sizeOf } from '../base/shape.ts';
import { makeProgram } from '../ir/program.ts';
import { Tensor } from '../ir/tensor.ts';
import { conv } from '../primitives/conv.ts';
import { reverse, transpose } from '../primitives/movement.ts';
import { firstInWindow, reduceWindow, windowScatter } from '../primitives/window.ts';
import type { Device } from './device.ts';
import { referenceDevice } from './reference/device.ts';
import { wasmDevice } from './wasm/device.ts';

/** A computation on inputs of given shapes, and how to name it. */
interface Case {
  readonly name: string;
  readonly shapes: readonly Shape[];
  readonly compute: (inputs: readonly Tensor[]) => Tensor;
}
/** Whole numbers, so that all devices give the same sums; no two neighbours alike, so that maxima have one place. */
const numbers = (shape: Shape, seed: number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + seed * 3) % 23) - 11);

/** All combinations of the values that each name may have. */
function* grid<G extends Record<string, readonly unknown[]>>(axes: G): Generator<{ [K in keyof G]: G[K][number] }> {
  const [first, ...rest] = Object.entries(axes);
  if (!first) return yield {} as never;
  for (const value of first[1])
    for (const others of grid(Object.fromEntries(rest))) yield { [first[0]]: value, ...others } as never;
}

/** What a device gives for many cases, compiled together. */
function run(device: Device, cases: readonly Case[]): string[] {
  const inputs = cases.map(({ shapes }) => shapes.map((shape) => new Tensor({ shape, dtype: 'float32' })));
  const outputs = cases.map(({ compute }, k) => compute(inputs[k]!));
  const executable = device.compile(makeProgram('windows', inputs.flat(), outputs));
  const buffers = inputs.flatMap((list) => list.map((t, k) => device.upload(numbers(t.shape, k), 'float32')));
  return executable.run(buffers).map((buffer, k) => `${[...(device.download(buffer, outputs[k]!) as Float32Array)]}`);
}

const [reference, wasm] = [referenceDevice(), wasmDevice()];
/** Names of the cases in which wasm differs from the reference device. */
function differences(cases: readonly Case[]): string[] {
  const bad: string[] = [];
  for (let from = 0; from < cases.length; from += 64) {
    const some = cases.slice(from, from + 64);
    const [right, got] = [run(reference, some), run(wasm, some)];
    some.forEach(({ name }, k) => {
      if (right[k] !== got[k]) bad.push(`${name}: ${got[k]} instead of ${right[k]}`);
    });
  }
  return bad;
}

const paddings = [[0, 0], [1, 1], [0, 2], [2, 0], [-1, 0], [0, -1], [3, 3]] as const; // biome-ignore format: a line each is long

test('convolutions of small sizes, plain, strided, dilated, spread out, in groups', { timeout: 120_000 }, () => {
  const cases: Case[] = [];
  for (const c of grid({
    n: [1, 2, 5],
    window: [1, 2, 3],
    stride: [1, 2, 3],
    dilation: [1, 2],
    inputDilation: [1, 2, 3],
    padding: paddings,
    channels: [
      [1, 1, 1],
      [1, 3, 2],
      [3, 1, 1],
      [2, 2, 5],
    ],
    isFlipped: [false, true],
  })) {
    const [g, i, o] = c.channels as [number, number, number];
    const batch = (c.n + c.window + i) % 2 === 0 ? 1 : 2;
    const compute = ([x, w]: readonly Tensor[]): Tensor =>
      conv(x!, c.isFlipped ? reverse(w!, { axes: [1] }) : w!, {
        strides: [c.stride],
        padding: [c.padding],
        dilation: [c.dilation],
        inputDilation: [c.inputDilation],
      });
    const shapes = [
      [batch, c.n, g, i],
      [g, c.window, i, o],
    ];
    // Every fifth of them, which mixes all values, keeps the test short.
    cases.push({ name: JSON.stringify({ ...c, batch }), shapes, compute });
  }
  const kept = cases.filter((_, k) => k % 5 === 0);
  expect(differences(kept)).toEqual([]);
});

test('windows of small sizes: sums, extremes, their places, and what is put back there', { timeout: 120_000 }, () => {
  const cases: Case[] = [];
  for (const c of grid({
    n: [1, 2, 5],
    window: [1, 2, 3],
    stride: [1, 2, 3],
    dilation: [1, 2],
    padding: paddings,
    channels: [1, 3, 4],
    isLast: [true, false],
  })) {
    const attrs = {
      window: [1, c.window],
      strides: [1, c.stride],
      dilation: [1, c.dilation],
      padding: [[0, 0], c.padding],
    } as const;
    const out = Math.floor((c.n + c.padding[0] + c.padding[1] - ((c.window - 1) * c.dilation + 1)) / c.stride) + 1;
    if (out <= 0) continue;
    const shapes = [c.isLast ? [c.channels, c.n] : [c.n, c.channels]];
    const turned = (x: Tensor): Tensor => (c.isLast ? x : transpose(x, { perm: [1, 0] }));
    for (const combine of ['add', 'max', 'min'] as const)
      cases.push({
        name: JSON.stringify({ combine, ...c }),
        shapes,
        compute: ([x]) => reduceWindow(turned(x!), { ...attrs, combine }),
      });
    cases.push({
      name: JSON.stringify({ scatter: true, ...c }),
      shapes,
      compute: ([x]) => {
        const y = turned(x!);
        const best = reduceWindow(y, { ...attrs, combine: 'max' });
        return windowScatter(best, firstInWindow(y, best, attrs), { ...attrs, shape: y.shape });
      },
    });
  }
  expect(differences(cases.filter((_, k) => k % 5 === 0))).toEqual([]);
});
