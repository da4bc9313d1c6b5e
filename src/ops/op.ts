import { toSnakeCase } from '../base/case.ts';
import { floatx, imageDataFormat } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { autoName } from '../base/naming.ts';
import { type OptionNames, type OptionsAmong, optionsOf, refuseSurplus } from '../base/options.ts';
import { RecentCache } from '../base/recent.ts';
import type { Tree } from '../base/tree.ts';
import type { Executable } from '../devices/device.ts';
import { refusingComplex } from '../ir/complex.ts';
import { Tensor } from '../ir/tensor.ts';
import { deviceKey } from '../runtime/device.ts';
import { bytesOfProgram, evaluate } from '../runtime/execute.ts';
import { currentFrame, currentTrace, inFrame, isRecordingTape, Trace } from '../tensor/frames.ts';
import {
  type KerasTensor,
  type Operation,
  replay,
  type Symbolic,
  type SymbolicArgument,
} from '../tensor/keras-tensor.ts';
import { leavesIn, mapTensors, signatureOf, tensorsIn } from '../tensor/leaves.ts';
import type { Like } from '../tensor/like.ts';
import { markMadeBy, passMark } from '../tensor/made-by.ts';
import { recomputed } from '../tensor/remat.ts';
import { currentRematScope, isRecomputed } from '../tensor/remat-scopes.ts';
import { addNode, hasSymbolic, inferSymbolic, type SymbolicAval } from '../tensor/symbolic.ts';
import { compileTraced, runTraced, type Traced, trace } from '../tensor/traced.ts';
import { Variable } from '../tensor/variable.ts';
import { type Reads, read } from './reads.ts';
import { meetsStrings, onStrings } from './strings.ts';
import { weakScalar, weakSignature, withWeak } from './weak-scalars.ts';

type Lenient<T> = [Extract<T, Tensor>] extends [never] ? LenientList<T> : Like | Exclude<T, Tensor | number | boolean>;
type LenientList<T> = T extends readonly (infer E)[]
  ? [Extract<E, Tensor>] extends [never]
    ? T
    : Like | readonly Like[]
  : T;
type LenientArgs<A extends unknown[]> = { [K in keyof A]: Lenient<A[K]> };
/** Arguments of which the first or the second is symbolic. */
type FirstSymbolic<A extends unknown[]> = A extends [infer F, ...infer Rest]
  ? [x: SymbolicArgument<F>, ...rest: LenientArgs<Rest>]
  : [never];
type SecondSymbolic<A extends unknown[]> = A extends [infer F, infer G, ...infer Rest]
  ? [x1: Lenient<F>, x2: SymbolicArgument<G>, ...rest: LenientArgs<Rest>]
  : [never];

/** What `op` takes besides the body: how arguments are read and, if the last one holds options, their names. */
export type Declared<A extends unknown[]> = [OptionsAmong<A>] extends [never]
  ? [reads?: readonly Reads[]]
  : [reads: readonly Reads[], options: OptionNames<OptionsAmong<A>>];

/** Name of an op, along with its class in Keras's files if that is not the capitalised name. */
export type OpName = string | readonly [name: string, className: string];
/* @__NO_SIDE_EFFECTS__ */
export const opNames = (name: OpName): { readonly opName: string; readonly opClass: string } =>
  typeof name === 'string'
    ? { opName: name, opClass: name.replace(/^./, (c) => c.toUpperCase()) }
    : { opName: name[0], opClass: name[1] };

/** A public operation on tensors. */
export interface Op<A extends unknown[], R> {
  (...args: FirstSymbolic<A>): Symbolic<R>;
  (...args: SecondSymbolic<A>): Symbolic<R>;
  (...args: LenientArgs<A>): R;
  /** Its name in errors and reports: `softmax`. */
  readonly opName: string;
  /** The class that Keras's files name for it: `Softmax`. */
  readonly opClass: string;
}

/**
 * Declares a public op. Its body is written for tensors being recorded, in terms of primitives and other ops. On
 * concrete tensors the op compiles its body once per signature and computes; on KerasTensors it adds a node to the
 * functional model.
 */
/* @__NO_SIDE_EFFECTS__ */
export function op<A extends unknown[], R>(
  named: OpName,
  body: (...args: A) => R,
  ...[reads = ['tensor'], options]: Declared<A>
): Op<A, R> {
  const names = opNames(named);
  const name = names.opName;
  // Without options, the number of parameters is known only if none has a default value and none is a rest parameter.
  const most = options ? body.length + 1 : body.length || Number.POSITIVE_INFINITY;
  const needed = Math.min(reads.length, body.length);
  const prepare = (given: readonly unknown[]): unknown[] =>
    (given.length < needed ? [...given, ...new Array<undefined>(needed - given.length)] : given).map((x, k) =>
      k < reads.length ? read(reads[k], x, name, k) : mapTensors(x, (t) => t),
    );
  const prepareAround = (given: readonly unknown[]): unknown[] => {
    const read = prepare(given);
    return given.map((x, k) => (x instanceof Variable ? x : read[k]));
  };
  const call = (...given: unknown[]): unknown => {
    if (given.length > most) refuseSurplus(name, given, most);
    if (options) optionsOf(name, options, given[most - 1] as OptionsAmong<A>);
    // In a functional model, variables are read whenever the model runs.
    const variable = given.find((x) => x instanceof Variable);
    if (variable && hasSymbolic(given)) return callSymbolic(named, call, prepareAround(given));
    const result = refusingComplex(name, () => onArguments(prepare(given)));
    if (variable && !currentFrame() && name !== 'stopGradient')
      markMadeBy({ label: `variable "${variable.path}"`, isTrainable: () => variable.trainable }, result);
    return result;
  };
  const onArguments = (args: unknown[]): unknown => {
    if (meetsStrings(args) && !hasSymbolic(args)) return onStrings(name, call, args);
    if (hasSymbolic(args)) return callSymbolic(named, call, args);
    const trace = currentTrace();
    if (trace) return trace.note ? trace.note(name, body, args as A) : body(...(args as A));
    // float32 would round a number that meets float64.
    const isDouble = args.some((x) => x instanceof Tensor && x.dtype === 'float64');
    const values = (isDouble ? args : args.map((x, k) => (reads[k] === 'operand' ? weakScalar(x) : x))) as A;
    const known = withWeak(body, values);
    return isRecordingTape() ? onTape(known, values) : compute(name, known, values);
  };
  return Object.assign(call, names) as Op<A, R>;
}

/** An op that inspects its arguments and passes them on to other ops; like all ops it refuses surplus arguments. */
/* @__NO_SIDE_EFFECTS__ */
export const exactOp = <F extends (...args: any) => any>(
  named: OpName,
  most: Required<Parameters<F>>['length'],
  f: F,
): F & { readonly opName: string; readonly opClass: string } =>
  Object.assign(exact(opNames(named).opName, most, f), opNames(named));

const cache = new RecentCache<{ traced: Traced<unknown>; executable: Executable }>();

/** Computes eagerly, through a program compiled for this op. */
function compute<A extends unknown[], R>(name: string, body: (...args: A) => R, args: A): R {
  const key = `${deviceKey()} ${floatx()} ${imageDataFormat()} ${name}${signatureOf(args)}${weakSignature(args)}`;
  let entry = cache.get(key);
  if (!entry) {
    const traced = trace(name, body, args);
    entry = { traced, executable: compileTraced(traced) };
    // Functions among the arguments may read different values in the next call, so such programs are not cached.
    if (!key.includes('@')) cache.set(key, entry, bytesOfProgram(entry.executable) + 2 * key.length);
  }
  const result = runTraced(entry.traced as Traced<R>, entry.executable, leavesIn(args));
  // Ops without a gradient are intentionally constant.
  if (name !== 'stopGradient') passMark(args, result);
  return result;
}

/** Computes eagerly and keeps the recording for gradients. */
function onTape<A extends unknown[], R>(body: (...args: A) => R, args: A): R {
  const frame = new Trace({ inline: true });
  const result = inFrame(frame, () => body(...args));
  evaluate([...tensorsIn(result), ...frame.updates.values()]);
  for (const [variable, value] of frame.updates) variable.assign(value);
  return result;
}

function callSymbolic(
  name: OpName,
  call: (...args: unknown[]) => unknown,
  args: readonly unknown[],
): Tree<KerasTensor> {
  return new OpNode(name, call).record(args);
}

/**
 * A symbolic call of an op whose body needs values: the shapes of its results are given, and a model that contains it
 * can show them, but not compute it.
 */
export function recordShapes<Out>(
  name: OpName,
  args: readonly unknown[],
  avals: SymbolicAval | readonly SymbolicAval[],
): Out {
  const refuse = (): never =>
    fail(opNames(name).opName, 'it needs values that are not known yet', 'call it on computed tensors');
  const list = 'shape' in avals ? [avals] : avals;
  const form = list.map(({ dtype }) => new Tensor({ shape: [], dtype }));
  return addNode(new OpNode(name, refuse), args, 'shape' in avals ? form[0] : form, list) as Out;
}

/** An op used in a functional model. */
export class OpNode implements Operation {
  readonly name: string;
  readonly className: string;
  readonly opName: string;
  private readonly call: (...args: unknown[]) => unknown;
  readonly #remat = currentRematScope();

  constructor(names: OpName, call: (...args: unknown[]) => unknown, name?: string) {
    const { opName, opClass } = opNames(names);
    this.opName = opName;
    this.call = call;
    this.className = opClass;
    this.name = name ?? autoName(toSnakeCase(this.className));
  }
  /** Calls the op on symbolic tensors: adds a node. */
  record(args: readonly unknown[]): Tree<KerasTensor> {
    const { form, avals } = inferSymbolic(this.call, args);
    return addNode(this, args, form, avals);
  }
  [replay](args: readonly unknown[]): Tree<Tensor> {
    const isWanted = isRecomputed(this.#remat);
    const call = (): Tree<Tensor> => this.call(...args) as Tree<Tensor>;
    return isWanted && !hasSymbolic(args) ? recomputed(call, (outputs) => isWanted(tensorsIn(outputs))) : call();
  }
}
