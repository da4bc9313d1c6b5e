import { HornbeamError } from '../../base/errors.ts';
import { withSameNames } from '../../base/naming.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { nextSerial, Tensor } from '../../ir/tensor.ts';
import { currentPath, inFrame, leavesIn, mapTensors, Trace, type Variable } from '../../tensor/index.ts';

/** An input of the model: null for sizes that stay unknown. */
export interface InputSpec {
  readonly name: string;
  readonly shape: SymbolicShape;
  readonly dtype: Tensor['dtype'];
}
/** A call of an op or layer, with its results: the same work as some equations, under a familiar name. */
export interface Note {
  readonly name: string;
  readonly args: readonly unknown[];
  readonly results: readonly Tensor[];
  readonly path: readonly string[];
}
/** A program recorded with numbers in place of the unknown sizes. */
export interface Recording {
  readonly inputs: readonly Tensor[];
  readonly form: unknown;
  readonly outputs: readonly Tensor[];
  readonly trace: NotedTrace;
}

/** Works of the host that are met, by where they are. */
class Places extends Array<Trace['before'][number]> {
  readonly paths = new Set<string>();
  override push(...calls: Trace['before'][number][]): number {
    this.paths.add(currentPath().join('/') || 'the model itself');
    return super.push(...calls);
  }
}

/** Values of the run being recorded, which the host alone asks for: by where it does. */
class Asked extends Map<Tensor, Tensor> {
  readonly paths = new Set<string>();
  override get(t: Tensor): Tensor | undefined {
    this.paths.add(currentPath().join('/') || 'the model itself');
    return super.get(t);
  }
}

/** A trace that also keeps which calls of ops and layers gave which tensors. */
export class NotedTrace extends Trace {
  override readonly before = new Places();
  override readonly behind = new Places();
  override readonly given = new Asked();
  readonly #notes = new Map<Tensor, Note[]>();

  override note = <A extends readonly unknown[], R>(name: string, body: (...args: A) => R, args: A): R => {
    const start = nextSerial();
    const path = currentPath();
    const known = mapTensors(args, (t) => t) as readonly unknown[];
    const result = body(...args);
    const results = leavesIn(result);
    if (results.every((t) => t.serial >= start))
      for (const t of results) {
        const list = this.#notes.get(t) ?? [];
        this.#notes.set(t, [...list, { name, args: known, results, path }]);
      }
    return result;
  };
  /** The calls that returned the tensor, innermost first. */
  notesOf(t: Tensor): readonly Note[] {
    return this.#notes.get(t) ?? [];
  }
  variableOf(t: Tensor): Variable | undefined {
    this.#variables ??= new Map([...this.initial].map(([variable, input]) => [input, variable]));
    return this.#variables.get(t);
  }
  #variables: Map<Tensor, Variable> | undefined;
}

/** Which unknown sizes are equal: the number of the symbol for each unknown axis, in order. */
type Symbols = readonly number[];

/**
 * Numbers for the k-th symbol in each recording. They have many divisors, so that reshapes and splits succeed; those of
 * the last recording are odd, and only fit models that work for any size.
 */
const trials: readonly ((k: number) => number)[] = [
  (k) => 2520 * (2 * k + 1),
  (k) => 5040 * (3 * k + 1),
  (k) => 1277 + 324 * k,
];

/** The program of a function, recorded at several sizes. */
export interface Recordings {
  readonly all: readonly Recording[];
}

/**
 * Records `f` with independent unknown sizes; if sizes must agree, with those at the same axis shared, then with all
 * shared.
 */
export function recordAtSizes(inputs: readonly InputSpec[], f: (tensors: readonly Tensor[]) => unknown): Recordings {
  const axes = inputs.flatMap(({ shape }) => shape.flatMap((n, d) => (n === null ? [d] : [])));
  let batch = -1;
  let next = 0;
  const apart = axes.map((d) => (d > 0 ? next++ : batch < 0 ? (batch = next++) : batch));
  const places = [...new Set(axes)];
  const together = axes.map((d) => places.indexOf(d));
  const tries = [apart, together, axes.map(() => 0)];
  let failure: unknown;
  for (const symbols of tries)
    try {
      const [one, two, odd] = trials;
      const first = record(inputs, symbols, one, f);
      if (axes.length === 0) return { all: [first] };
      const all = [first, record(inputs, symbols, two, f)];
      try {
        all.push(record(inputs, symbols, odd, f));
      } catch (error) {
        if (!(error instanceof HornbeamError)) throw error;
      }
      return { all };
    } catch (error) {
      if (!(error instanceof HornbeamError)) throw error;
      failure ??= error;
    }
  throw failure;
}

function record(
  specs: readonly InputSpec[],
  symbols: Symbols,
  size: (k: number) => number,
  f: (tensors: readonly Tensor[]) => unknown,
): Recording {
  let at = 0;
  const inputs = specs.map(
    ({ shape, dtype }) => new Tensor({ shape: shape.map((n) => n ?? size(symbols[at++])), dtype }),
  );
  const trace = new NotedTrace();
  const form = withSameNames(() => inFrame(trace, () => f(inputs)));
  return { inputs, form, outputs: inFrame(trace, () => leavesIn(form)), trace };
}
