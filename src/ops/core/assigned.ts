import { fail } from '../../base/errors.ts';
import { showAval, type Tensor } from '../../ir/tensor.ts';
import type { Complete } from '../../primitives/control/control.ts';
import { currentTrace } from '../../tensor/frames.ts';
import type { Variable } from '../../tensor/variable.ts';

/**
 * Branches and loops are separate programs. What they assign to variables is returned along with their results, so that
 * a branch that does not run assigns nothing, and a loop assigns in every iteration.
 */

type Branch = (operands: readonly Tensor[]) => readonly Tensor[];

/** Runs one of several branches, chosen by `run`; afterwards variables hold what that branch assigned. */
export function branching(
  who: string,
  branches: readonly Branch[],
  run: (branches: readonly Branch[], complete: Complete) => readonly Tensor[],
): readonly Tensor[] {
  const frame = currentTrace()!;
  const assigned: ReadonlyMap<Variable, Tensor>[] = [];
  const watched = branches.map(
    (branch): Branch =>
      (operands) => {
        const recorded = frame.apart(() => branch(operands));
        assigned.push(recorded.assigned);
        return recorded.given;
      },
  );
  let variables: readonly Variable[] = [];
  const found = run(watched, (given) => {
    const [first, ...others] = given.map((results) => results.map(showAval).join(', ') || 'nothing');
    for (const other of others)
      if (other !== first)
        fail(
          who,
          `its branches give ${first} and ${other}`,
          'let all give the same number of tensors, with equal shapes and dtypes',
        );
    variables = [...new Set(assigned.flatMap((each) => [...each.keys()]))];
    return given.map((results, k) => [...results, ...variables.map((v) => assigned[k].get(v) ?? frame.read(v))]);
  });
  const results = found.length - variables.length;
  variables.forEach((v, k) => void frame.assign(v, found[results + k]));
  return found.slice(0, results);
}

/**
 * Runs `f` in an iteration in which variables hold the previous one's values; returns its results and the variables'
 * next values.
 */
export type Turn = <T>(held: readonly Tensor[], f: () => T) => { readonly given: T; readonly next: readonly Tensor[] };

/**
 * Records a loop whose iterations may assign variables. `record` receives the additional carried values and returns
 * their final ones. It is called again if variables turn out to be assigned.
 */
export function looping<R>(
  record: (held: readonly Tensor[], turn: Turn) => { readonly found: R; readonly held: readonly Tensor[] },
): R {
  const frame = currentTrace()!;
  let variables: readonly Variable[] = [];
  for (;;) {
    const met = new Set(variables);
    const turn: Turn = (held, f) => {
      const { given, assigned } = frame.apart(f, new Map(variables.map((v, k) => [v, held[k]])));
      for (const v of assigned.keys()) met.add(v);
      return { given, next: variables.map((v, k) => assigned.get(v) ?? held[k]) };
    };
    const { found, held } = record(
      variables.map((v) => frame.read(v)),
      turn,
    );
    if (met.size === variables.length) {
      variables.forEach((v, k) => void frame.assign(v, held[k]));
      return found;
    }
    variables = [...met];
  }
}

/** A function that is recorded as a program, and again when its gradient is taken, but assigns variables only once. */
export function givingAssigned(): {
  /** Records it: returns its results and the values assigned. */
  record(f: () => readonly Tensor[]): readonly Tensor[];
  /** The function's own results among the program's. */
  own(given: readonly Tensor[]): readonly Tensor[];
  /** Assigns the program's additional results to the variables; returns the function's own results. */
  take(given: readonly Tensor[]): readonly Tensor[];
  /** Runs a function on the variables' previous values and discards its assignments. */
  again<R>(f: () => R): R;
} {
  let assigned: ReadonlyMap<Variable, Tensor> = new Map();
  let before: ReadonlyMap<Variable, Tensor> = new Map();
  const own = (given: readonly Tensor[]): readonly Tensor[] => given.slice(0, given.length - assigned.size);
  return {
    record: (f) => {
      const frame = currentTrace()!;
      const recorded = frame.apart(f);
      assigned = recorded.assigned;
      before = frame.values;
      return [...recorded.given, ...assigned.values()];
    },
    own,
    take: (given) => {
      const results = own(given);
      [...assigned.keys()].forEach((v, k) => void currentTrace()!.assign(v, given[results.length + k]));
      return results;
    },
    again: (f) => currentTrace()!.apart(f, before).given,
  };
}

/** Runs a function that must not assign variables, since how often and in which order it runs is unspecified. */
export function withoutAssigning<R>(who: string, what: string, f: () => R, fix: string): R {
  const { given, assigned } = currentTrace()!.apart(f);
  for (const v of assigned.keys()) fail(who, `${what} assigns variable "${v.path}"`, fix);
  return given;
}
