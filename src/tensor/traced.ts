import { fail } from '../base/errors.ts';
import { sameShape } from '../base/shape.ts';
import type { Executable, Timing } from '../devices/device.ts';
import { closeProgram, makeProgram, type Program } from '../ir/program.ts';
import { Tensor } from '../ir/tensor.ts';
import { compiled, run, timeKernels } from '../runtime/execute.ts';
import { type HostCall, inFrame, Trace } from './frames.ts';
import { type Known, runOnHost, stringsIn } from './host.ts';
import { leavesIn, withLeaves } from './leaves.ts';
import type { Variable } from './variable.ts';

/**
 * A function recorded for arguments of given shapes. The program's inputs are the argument tensors, the variables it
 * reads, and the concrete tensors it refers to; its outputs are the result's tensors and the new values of variables.
 */
export interface Traced<R> {
  readonly program: Program;
  /** The result, with recorded tensors in place of values. */
  readonly form: R;
  readonly results: number;
  readonly variables: readonly Variable[];
  readonly updated: readonly Variable[];
  readonly captured: readonly Tensor[];
  /** The host's work around the program; nothing if there are no strings or lookups. */
  readonly host: Host | undefined;
}
interface Host {
  readonly before: readonly HostCall[];
  readonly behind: readonly HostCall[];
  /** Results of the program needed by calls after it. */
  readonly handed: readonly Tensor[];
  /** The stand-ins for the arguments: numbers and strings. */
  readonly inputs: readonly Tensor[];
  readonly strings: readonly Tensor[];
}

/** Records `f` on placeholders for the tensors among its arguments. */
export function trace<A extends readonly unknown[], R>(name: string, f: (...args: A) => R, args: A): Traced<R> {
  const inputs = leavesIn(args).map((t) => new Tensor({ shape: t.shape, dtype: t.dtype }));
  const frame = new Trace();
  for (const [k, t] of leavesIn(args).entries()) if (t.storage) frame.given.set(inputs[k], t);
  const form = inFrame(frame, () => f(...withLeaves(args, inputs)));
  const results = inFrame(frame, () => leavesIn(form));
  const variables = [...frame.initial.keys()];
  const updates = frame.updates;
  const behind = neededBehind(frame.behind, form);
  const handed = behind.flatMap(({ inputs: taken }) => taken.filter((t) => t.dtype !== 'string' && !t.storage));
  const outputs = [...results, ...updates.values(), ...handed];
  // A variable's new value reuses its old bytes.
  const donated = new Map(
    [...updates.keys()].map((variable, k) => [results.length + k, inputs.length + variables.indexOf(variable)]),
  );
  const open = makeProgram(name, [...inputs, ...frame.initial.values()], outputs, donated);
  const { program, captured } = closeProgram(open);
  const fed = new Set(frame.before.map(({ output }) => output));
  if (captured.some((t) => !t.storage && !fed.has(t)))
    fail(
      name,
      'strings or numbers that the compiled program computes are to be looked up on the host in the middle of it',
      'look up what the model is given, or compile with runEagerly: true',
    );
  const isOnHost = frame.before.length + behind.length > 0;
  const host = isOnHost ? { before: frame.before, behind, handed, inputs, strings: stringsIn(args) } : undefined;
  return { program, form, results: results.length, variables, updated: [...updates.keys()], captured, host };
}

/** Calls after the program that produce string results. */
function neededBehind(calls: readonly HostCall[], form: unknown): HostCall[] {
  const wanted = new Set(stringsIn(form));
  const needed = [...calls].reverse().filter(({ output, inputs }) => {
    if (wanted.has(output)) for (const t of inputs) wanted.add(t);
    return wanted.has(output);
  });
  return needed.reverse();
}

/** Host results computed before a run on the given arguments. */
export function aheadOf({ host }: Traced<unknown>, args: readonly unknown[], tensors: readonly Tensor[]): Known {
  const known: Known = new Map();
  if (!host) return known;
  host.inputs.forEach((t, k) => known.set(t, tensors[k]));
  for (const [k, t] of stringsIn(args).entries()) known.set(host.strings[k], t);
  runOnHost(host.before, known);
  return known;
}
/** Whether the host's results have the recorded shapes. */
export const fits = ({ host }: Traced<unknown>, known: Known): boolean =>
  host === undefined || host.before.every(({ output }) => sameShape(known.get(output)!.shape, output.shape));

/** Runs the recording on other tensors of the same shapes and updates its variables. */
export function runTraced<R>(
  traced: Traced<R>,
  executable: Executable,
  tensors: readonly Tensor[],
  known: Known = new Map(),
): R {
  return resultOf(traced, run(executable, inputsOf(traced, tensors, known)), known);
}
/** The inputs of the program for arguments: those, the values of variables, of which some are overwritten, and what it refers to. */
export function inputsOf(
  { variables, updated, captured }: Traced<unknown>,
  tensors: readonly Tensor[],
  known: Known,
): Tensor[] {
  const owned = new Set(updated);
  const values = variables.map((v) => (owned.has(v) ? v.own() : v.held));
  return [...tensors, ...values, ...captured.map((t) => known.get(t) ?? t)];
}
/** The result, from the outputs of the program. */
export function resultOf<R>({ results, form, host }: Traced<R>, outputs: readonly (Tensor | null)[], known: Known): R {
  if (host) {
    const handed = outputs.slice(outputs.length - host.handed.length) as Tensor[];
    host.handed.forEach((t, k) => known.set(t, handed[k]));
    runOnHost(host.behind, known);
  }
  return withLeaves(form, outputs.slice(0, results) as Tensor[], (t) => known.get(t) ?? t);
}

/** Times each kernel, without side effects. */
export const timeTraced = <R>(
  { variables, captured }: Traced<R>,
  executable: Executable,
  tensors: readonly Tensor[],
  known: Known,
): Timing | Promise<Timing> =>
  timeKernels(executable, [...tensors, ...variables.map((v) => v.held), ...captured.map((t) => known.get(t) ?? t)]);

export const compileTraced = <R>(traced: Traced<R>): Executable => compiled(traced.program);
