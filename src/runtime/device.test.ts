import { afterEach, expect, test } from 'vitest';
import type { TypedArray } from '../base/dtype.ts';
import { type Shape, sizeOf, stridesOf } from '../base/shape.ts';
import type { Device } from '../devices/device.ts';
import * as keras from '../index.ts';
import type { Axis, Expr, Region } from '../ir/expr.ts';
import { axis, indexOf } from '../ir/expr.ts';
import { operand } from '../ir/primitive.ts';
import type { Equation, Tensor } from '../ir/tensor.ts';
import { registerDevice } from './device.ts';

afterEach(() => keras.config.setDevice('wasm'));

const unravel = (n: number, shape: Shape): number[] =>
  stridesOf(shape).map((stride, d) => Math.floor(n / stride) % shape[d]!);

/** Computes formulas, element by element: what somebody could write who knows `+`, `*` and sums. */
function toyDevice(log: string[]): Device {
  const arrays = new Map<object, TypedArray>();
  const hold = (data: TypedArray) => {
    const buffer = { bytes: data.byteLength };
    arrays.set(buffer, data);
    return buffer;
  };
  const value = (e: Expr, at: ReadonlyMap<Axis, number>, read: (from: Region, index: number[]) => number): number => {
    const of = (x: Expr): number => value(x, at, read);
    if (e.op === 'const') return e.value;
    if (e.op === 'index') return at.get(e.axis)!;
    if (e.op === 'load') return read(e.from, e.index.map(of));
    if (e.op === 'apply' && e.f === 'add') return e.args.map(of).reduce((a, b) => a + b);
    if (e.op === 'apply' && e.f === 'mul') return e.args.map(of).reduce((a, b) => a * b);
    if (e.op === 'reduce' && e.combine === 'add') {
      const sizes = e.axes.map(({ size }) => size);
      return Array.from({ length: sizeOf(sizes) }, (_, n) => {
        const inner = new Map([...at, ...unravel(n, sizes).map((i, d) => [e.axes[d]!, i] as const)]);
        return value(e.body, inner, read);
      }).reduce((a, b) => a + b, 0);
    }
    throw new Error(`no ${e.op}`);
  };
  const compute = ({ rule, inputs, attrs, outputs }: Equation, values: ReadonlyMap<Tensor, TypedArray>): TypedArray => {
    log.push(rule.name);
    const regions = inputs.map(({ shape, dtype }, k): Region => ({ name: `x${k}`, shape, dtype }));
    const out = outputs[0]!;
    const axes = out.shape.map((n, d) => axis(n, `i${d}`));
    const formula = rule.at!(regions.map(operand), axes.map(indexOf), attrs, out);
    const read = (from: Region, index: number[]): number => {
      const n = index.reduce((sum, i, d) => sum * from.shape[d]! + i, 0);
      return values.get(inputs[regions.indexOf(from)]!)![n]!;
    };
    return Float32Array.from({ length: sizeOf(out.shape) }, (_, n) =>
      value(formula, new Map(unravel(n, out.shape).map((i, d) => [axes[d]!, i])), read),
    );
  };
  return {
    name: 'toy',
    compile: (program) => ({
      program,
      kernels: [],
      scratchBytes: 0,
      run(inputs) {
        const values = new Map(program.inputs.map((t, k) => [t, arrays.get(inputs[k]!)!]));
        for (const equation of program.equations) values.set(equation.outputs[0]!, compute(equation, values));
        return program.outputs.map((t) => hold(values.get(t)!));
      },
    }),
    upload: (data) => hold(data.slice()),
    download: (buffer) => arrays.get(buffer)!.slice(),
    copy: (buffer) => hold(arrays.get(buffer)!.slice()),
    free: (buffer) => void arrays.delete(buffer),
    get bytesInUse() {
      return [...arrays.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
    },
  };
}

test('a device of one’s own computes formulas, once it is chosen', async () => {
  const log: string[] = [];
  let made = 0;
  keras.config.registerDevice('toy', () => {
    made++;
    return toyDevice(log);
  });
  expect(made).toBe(0);
  const x = keras.tensor([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  await keras.config.setDevice('toy');
  expect(keras.config.device()).toBe('toy');
  expect(await keras.ops.add(keras.ops.matmul(x, keras.ops.transpose(x)), 2).array()).toEqual([
    [7, 16],
    [16, 52],
  ]);
  expect(log).toContain('dot');
  await keras.config.setDevice('wasm');
  await keras.config.setDevice('toy');
  expect(made).toBe(1);
});

test('a device may hand its work on to another', async () => {
  const names: string[] = [];
  keras.config.registerDevice('overheard', async (find) => {
    const inner = await find('reference');
    return {
      ...inner,
      name: 'overheard',
      compile(program) {
        names.push(program.name);
        return inner.compile(program);
      },
    };
  });
  await keras.config.setDevice('overheard');
  expect(await keras.ops.add([1, 2], 3).array()).toEqual([4, 5]);
  expect(names.length).toBeGreaterThan(0);
});

test('names that are unknown, taken or none are refused, and so is what is no device', async () => {
  const refused = async (name: string, text: string): Promise<void> =>
    expect(keras.config.setDevice(name)).rejects.toThrow(text);
  await refused('abacus', 'unknown device "abacus"');
  await refused('abacus', 'use one of reference, wasm, webgpu, native, auto');
  await refused('constructor', 'unknown device "constructor"');
  expect(() => registerDevice('wasm', () => toyDevice([]))).toThrow('there is a device "wasm" already');
  expect(() => registerDevice('', () => toyDevice([]))).toThrow('"" is no name');
  expect(() => registerDevice('none', toyDevice([]) as never)).toThrow('give a function that makes the device');
  registerDevice('constructor', () => ({ name: 'constructor' }) as never);
  await refused('constructor', 'has no compile, upload, download, copy, free');
  registerDevice('misnamed', () => toyDevice([]));
  await refused('misnamed', 'the device made for "misnamed" is named "toy"');
  expect(keras.config.device()).toBe('wasm');
});
