import type { DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import { closeProgram, makeProgram } from '../ir/program.ts';
import { type Aval, Tensor } from '../ir/tensor.ts';
import { compiled, run } from '../runtime/execute.ts';
import { upload } from '../runtime/storage.ts';
import { encode } from './elements.ts';
import { currentTrace, type HostCall, outsideOfTraces, type Trace } from './frames.ts';
import { mapTensors } from './leaves.ts';
import { dataNow } from './read.ts';
import { stringTensor } from './strings.ts';

/** A value on the host: its elements in row-major order, strings or numbers. */
export interface HostValue extends Aval {
  readonly data: readonly string[] | ArrayLike<number>;
}

/** The elements of a concrete tensor. */
export function hostValue(t: Tensor): HostValue {
  const { shape, dtype } = t;
  const data = t.strings ?? dataNow(t, 'a computation on strings');
  return data
    ? { shape, dtype, data }
    : fail('strings', 'the host needs numbers of a device that must be waited for', 'give arrays, or use wasm');
}
/** A concrete tensor of numbers or strings from the host. */
function concrete({ shape, dtype, data }: HostValue): Tensor {
  if (data.length !== sizeOf(shape)) fail('strings', `${data.length} elements do not fill their shape`, 'report this');
  if (dtype === 'string') return stringTensor(data as readonly string[], shape);
  return upload(encode(data as ArrayLike<number>, dtype), { shape, dtype });
}

/**
 * Runs a function on the host, where strings are looked up. While a program is being recorded, the function's result
 * becomes an input of the program; each run computes it first, on the host, from that run's arguments. Strings made
 * from results of the program are made after it. `shapeOf` returns the shape of the result where there are no values,
 * as in shape inference; `byProgram` says how the program itself computes it from such results, if it can.
 */
export function onHost(
  inputs: readonly Tensor[],
  f: (values: readonly HostValue[]) => HostValue,
  dtype: DType,
  shapeOf: () => Shape,
  byProgram?: () => Tensor,
): Tensor {
  const trace = currentTrace();
  const call = (given: readonly Tensor[]): Tensor => outsideOfTraces(() => concrete(f(given.map(hostValue))));
  if (!trace) return call(inputs);
  // Strings made from results of the program can wait for it, so nothing is computed twice.
  const known = inputs.map((t) => givenFor(trace, t) ?? (dtype === 'string' ? undefined : aheadOfProgram(trace, t)));
  if (known.every((t) => t !== undefined)) {
    const value = call(known);
    const { shape, strings } = value;
    const output = strings ? new Tensor(value, { strings }) : new Tensor({ shape, dtype: value.dtype });
    trace.before.push({ f: call, inputs, output });
    trace.given.set(output, value);
    return output;
  }
  if (byProgram) return byProgram();
  const output = new Tensor({ shape: shapeOf(), dtype });
  if (dtype === 'string') trace.behind.push({ f: call, inputs, output });
  return output;
}
const givenFor = (trace: Trace, t: Tensor): Tensor | undefined =>
  trace.given.get(t) ?? (t.strings || t.storage ? t : undefined);

/** Values the host needs that depend only on the program's arguments, such as a cast, are computed before the program. */
function aheadOfProgram(trace: Trace, t: Tensor): Tensor | undefined {
  if (!t.equation) return undefined;
  const { program, captured } = closeProgram(makeProgram('ahead', [], [t]));
  const known = captured.map((x) => givenFor(trace, x));
  if (known.some((x) => x === undefined)) return undefined;
  const executable = compiled(program);
  const f = (given: readonly Tensor[]): Tensor => outsideOfTraces(() => run(executable, given)[0]!);
  const value = f(known as Tensor[]);
  trace.before.push({ f, inputs: captured, output: t });
  trace.given.set(t, value);
  return value;
}

/** Strings in a nest, in order. */
export function stringsIn(nest: unknown): Tensor[] {
  const found: Tensor[] = [];
  mapTensors(nest, (t) => {
    if (t.dtype === 'string') found.push(t);
    return t;
  });
  return found;
}

/** The counterparts, in another run, of the recorded run's tensors. */
export type Known = Map<Tensor, Tensor>;
/** Runs the host calls in order on the known values, and adds their results to these. */
export function runOnHost(calls: readonly HostCall[], known: Known): void {
  for (const { f, inputs, output } of calls) known.set(output, f(inputs.map((t) => known.get(t) ?? t)));
}
