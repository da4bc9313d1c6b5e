import type { Executable, Timing } from '../devices/device.ts';
import { closeProgram, makeProgram, type Program } from '../ir/program.ts';
import { Tensor } from '../ir/tensor.ts';
import { compiled, run, timeKernels } from '../runtime/execute.ts';
import { inFrame, Trace } from './frames.ts';
import { leavesIn, withLeaves } from './leaves.ts';
import type { Variable } from './variable.ts';

/**
 * A function recorded for arguments of given shapes. The program's inputs are the argument tensors, the variables it
 * reads, and the concrete tensors it refers to; its outputs are the result's tensors and the new values of variables.
 */
export interface Traced<R> {
  readonly program: Program;
  /** The result, with recorded tensors where numbers will be. */
  readonly form: R;
  readonly results: number;
  readonly variables: readonly Variable[];
  readonly updated: readonly Variable[];
  readonly captured: readonly Tensor[];
}

/** Records `f` on stand-ins for the tensors among the arguments. */
export function trace<A extends readonly unknown[], R>(name: string, f: (...args: A) => R, args: A): Traced<R> {
  const inputs = leavesIn(args).map((t) => new Tensor({ shape: t.shape, dtype: t.dtype }));
  const frame = new Trace();
  const form = inFrame(frame, () => f(...withLeaves(args, inputs)));
  const results = inFrame(frame, () => leavesIn(form));
  const variables = [...frame.initial.keys()];
  const updates = frame.updates;
  const outputs = [...results, ...updates.values()];
  // A variable's old bytes give way to its new value.
  const donated = new Map(
    [...updates.keys()].map((variable, k) => [results.length + k, inputs.length + variables.indexOf(variable)]),
  );
  const open = makeProgram(name, [...inputs, ...frame.initial.values()], outputs, donated);
  const { program, captured } = closeProgram(open);
  return { program, form, results: results.length, variables, updated: [...updates.keys()], captured };
}

/** Runs what was recorded on other tensors of the same shapes, and updates its variables. */
export function runTraced<R>(traced: Traced<R>, executable: Executable, tensors: readonly Tensor[]): R {
  const { variables, updated, captured, results, form } = traced;
  const owned = new Set(updated);
  const values = variables.map((v) => (owned.has(v) ? v.own() : v.held));
  const outputs = run(executable, [...tensors, ...values, ...captured]);
  return withLeaves(form, outputs.slice(0, results) as Tensor[]);
}

/** Times each kernel; nothing is changed. */
export const timeTraced = <R>(
  { variables, captured }: Traced<R>,
  executable: Executable,
  tensors: readonly Tensor[],
): Timing | Promise<Timing> => timeKernels(executable, [...tensors, ...variables.map((v) => v.held), ...captured]);

export const compileTraced = <R>(traced: Traced<R>): Executable => compiled(traced.program);
