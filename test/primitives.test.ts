import { describe, expect, test } from 'vitest';
import { gradients } from '../src/autodiff/gradients.ts';
import { type DType, dtypeInfo, isFloat, type TypedArray } from '../src/base/dtype.ts';
import { sizeOf } from '../src/base/shape.ts';
import type { Buffer } from '../src/devices/device.ts';
import { referenceDevice } from '../src/devices/reference/device.ts';
import { bind, type Rule, type SampleInput } from '../src/ir/primitive.ts';
import { makeProgram, type Program, verifyProgram } from '../src/ir/program.ts';
import { showAval, Tensor } from '../src/ir/tensor.ts';
import * as primitives from '../src/primitives/index.ts';

const device = referenceDevice();
const rules = [
  ...new Map(
    Object.values(primitives).flatMap((p) =>
      typeof p === 'function' && 'rule' in p ? [[p.rule.name, p.rule as Rule]] : [],
    ),
  ).values(),
];

/** Numbers in [0, 1) that are the same in every run. */
function generator(seed: number): () => number {
  let state = seed * 2654435761 + 12345;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    const x = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  };
}
function valuesOf(
  { shape, dtype = 'float32', low = -1, high = 1, values }: SampleInput,
  random: () => number,
): number[] {
  if (values) return [...values];
  return Array.from({ length: sizeOf(shape) }, () => {
    const x = low + (high - low) * random();
    return isFloat(dtype) ? Math.fround(x) : Math.floor(x);
  });
}

const isProgram = (x: object): x is Program => 'equations' in x;
/** The same attributes for double precision: dtypes are replaced and programs recorded again. */
function doubled(x: unknown): unknown {
  if (x === 'float32') return 'float64';
  if (Array.isArray(x)) return x.map(doubled);
  if (typeof x !== 'object' || x === null) return x;
  if (!isProgram(x)) return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, doubled(value)]));
  const inputs = x.inputs.map(({ shape, dtype }) => new Tensor({ shape, dtype: doubled(dtype) as DType }));
  const known = new Map(x.inputs.map((t, k) => [t, inputs[k]!]));
  for (const { rule, inputs: operands, attrs, outputs } of x.equations) {
    const results = [
      bind(
        rule,
        operands.map((t) => known.get(t)!),
        doubled(attrs),
      ),
    ].flat();
    outputs.forEach((t, k) => known.set(t, results[k]!));
  }
  return makeProgram(
    x.name,
    inputs,
    x.outputs.map((t) => known.get(t)!),
  );
}

/** A function of arrays from a graph of tensors. */
function compiled(inputs: readonly Tensor[], outputs: readonly Tensor[]): (values: readonly number[][]) => number[][] {
  const program = makeProgram('test', inputs, outputs);
  verifyProgram(program);
  const executable = device.compile(program);
  return (values) => {
    const buffers = inputs.map(({ dtype, shape }, k) => {
      const data = new dtypeInfo[dtype].array(sizeOf(shape));
      data.set(values[k]!);
      return device.upload(data, dtype);
    });
    const results: Buffer[] = executable.run(buffers);
    return results.map((buffer, k) => Array.from(device.download(buffer, outputs[k]!) as TypedArray));
  };
}
function expectClose(found: readonly number[], expected: readonly number[], tolerance: number, what: string): void {
  expect(found.length).toBe(expected.length);
  found.forEach((x, k) => {
    const same = Object.is(x, expected[k]) || x === expected[k];
    if (!same && !(Math.abs(x - expected[k]!) <= tolerance * (1 + Math.abs(expected[k]!))))
      expect.fail(`${what}: element ${k} is ${x}, expected ${expected[k]}`);
  });
}

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, x, k) => sum + x * b[k]!, 0);

/** Checks derivatives of `Σ cotangents · outputs` along each input element, or along random directions where there are many. */
function checkGradient(
  inputs: readonly Tensor[],
  outputs: readonly Tensor[],
  values: readonly number[][],
  what: string,
): void {
  const random = generator(7);
  const wrt = inputs.flatMap((t, n) => (isFloat(t.dtype) ? [n] : []));
  const seeded = outputs.filter((t) => isFloat(t.dtype));
  const seeds = seeded.map(({ shape, dtype }) => new Tensor({ shape, dtype }));
  const found = gradients(
    seeded,
    seeds,
    wrt.map((n) => inputs[n]!),
  );
  const cotangents = seeds.map(({ shape }) => Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1));
  const forward = compiled(inputs, seeded);
  const backward = compiled(
    [...inputs, ...seeds],
    found.filter((g) => g !== null),
  );
  const gs = backward([...values, ...cotangents]);
  const loss = (xs: readonly number[][]): number => forward(xs).reduce((sum, y, k) => sum + dot(y, cotangents[k]!), 0);
  wrt.forEach((n, at) => {
    if (found[at]) expect(showAval(found[at])).toBe(showAval(inputs[n]!));
    const g = found[at] ? gs[found.slice(0, at).filter((t) => t !== null).length]! : values[n]!.map(() => 0);
    const size = values[n]!.length;
    const directions =
      size <= 32
        ? values[n]!.map((_, k) => values[n]!.map((__, l) => +(k === l)))
        : Array.from({ length: 4 }, () => values[n]!.map(() => 2 * random() - 1));
    for (const direction of directions) {
      const h = 1e-5;
      const moved = (step: number) => values.map((x, m) => (m === n ? x.map((y, k) => y + step * direction[k]!) : x));
      const expected = (loss(moved(h)) - loss(moved(-h))) / (2 * h);
      expectClose([dot(g, direction)], [expected], 2e-7 * Math.sqrt(size), `${what}: gradient for input ${n}`);
    }
  });
}

// Its result steps from number to number, which is not what its gradient means.
const steps = new Set([primitives.nextAfter.rule.name]);

describe.each(rules.map((rule) => ({ name: rule.name, rule })))('$name', ({ rule }) => {
  const samples = rule.samples.map((sample, k) => {
    const inputs = sample.inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
    const random = generator(k + 1);
    const values = sample.inputs.map((input) => valuesOf(input, random));
    const outputs = [bind(rule, inputs, sample.attrs)].flat();
    const isDoubled = inputs.some((t) => t.dtype === 'float32') && outputs.some((t) => t.dtype === 'float32');
    const wide = isDoubled
      ? inputs.map(({ shape, dtype }) => new Tensor({ shape, dtype: doubled(dtype) as DType }))
      : undefined;
    const wideOutputs = wide && [bind(rule, wide, doubled(sample.attrs))].flat();
    return { k, inputs, outputs, values, wide, wideOutputs };
  });

  test('computes what its shape rule promises, in single as in double precision', () => {
    for (const { inputs, outputs, values, wide, wideOutputs, k } of samples) {
      const results = compiled(inputs, outputs)(values);
      results.forEach((y, n) => expect(y.length).toBe(sizeOf(outputs[n]!.shape)));
      if (!wide) continue;
      const exact = compiled(wide, wideOutputs!)(values);
      results.forEach((y, n) => expectClose(y, exact[n]!, 3e-6, `sample ${k}`));
    }
  });

  if ((rule.vjp || rule.vjpMany) && !steps.has(rule.name) && samples.some(({ wide }) => wide)) {
    test('has the gradient that finite differences show', () => {
      for (const { values, wide, wideOutputs, k } of samples)
        if (wide) checkGradient(wide, wideOutputs!, values, `sample ${k}`);
    });
    if (rule.kind !== 'elementwise')
      test('has a gradient that can be differentiated again', () => {
        for (const { values, wide, wideOutputs, k } of samples) {
          if (!wide || sizeOf(wide[0]!.shape) > 200) continue;
          const wrt = wide.filter((t) => isFloat(t.dtype));
          const seeded = wideOutputs!.filter((t) => isFloat(t.dtype));
          const seeds = seeded.map(({ shape, dtype }) => new Tensor({ shape, dtype }));
          const found = gradients(seeded, seeds, wrt).filter((g) => g !== null);
          const random = generator(k + 11);
          const cotangents = seeds.map(({ shape }) => Array.from({ length: sizeOf(shape) }, () => 2 * random() - 1));
          if (found.length > 0)
            checkGradient([...wide, ...seeds], found, [...values, ...cotangents], `sample ${k}, second order`);
        }
      });
  }
});

test('every primitive but two says what its gradient is', () => {
  const without = rules.filter(
    (rule) => !rule.vjp && !rule.vjpMany && rule.samples.some(({ inputs }) => inputs.length > 0),
  );
  expect(without.map((rule) => rule.name)).toEqual(['digamma', 'eig']);
});
