import { fail } from '../../base/errors.ts';
import { showAval, type Tensor } from '../../ir/tensor.ts';
import type { Complete } from '../../primitives/control/control.ts';
import { currentTrace } from '../../tensor/frames.ts';
import type { Variable } from '../../tensor/variable.ts';

/*
 * Branches and loops are programs of their own, and what they assign to variables belongs to them: it is given out of them
 * beside their results. So a branch that does not run assigns nothing, and a loop assigns in every turn.
 */

type Branch = (operands: readonly Tensor[]) => readonly Tensor[];

/** Runs one of several branches, `run` says which; behind it variables hold what that one assigned. */
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

/** Runs `f` in a turn, where variables hold what the turn before left: gives what it gave, and what they hold next. */
export type Turn = <T>(held: readonly Tensor[], f: () => T) => { readonly given: T; readonly next: readonly Tensor[] };

/**
 * Records a loop whose turns may assign variables. `record` gets the values that are carried beside those of its own, and gives
 * what they are at the end. It is called again where it turned out that there are such.
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

/** A function that is recorded as a program, and later once more where its gradient is taken: it assigns variables once. */
export function givingAssigned(): {
  /** Records it: gives its results and what it assigned. */
  record(f: () => readonly Tensor[]): readonly Tensor[];
  /** Of what the program gives, the function's own results. */
  own(given: readonly Tensor[]): readonly Tensor[];
  /** Takes the rest of what the program gives into the variables; gives the function's own results. */
  take(given: readonly Tensor[]): readonly Tensor[];
  /** Runs something on the values that variables had before, and drops what it assigns. */
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

/** What a function gives that must not assign variables, since nobody knows how often it runs or in which order. */
export function withoutAssigning<R>(who: string, what: string, f: () => R, fix: string): R {
  const { given, assigned } = currentTrace()!.apart(f);
  for (const v of assigned.keys()) fail(who, `${what} assigns variable "${v.path}"`, fix);
  return given;
}
