import { fail, type Named } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { isPlainObject } from '../base/tree.ts';
import type { Like, Tensor, Variable } from '../tensor/index.ts';

/** Values, nested by the parts of their variables' paths. */
export interface StateNest {
  readonly [name: string]: Tensor | StateNest;
}
/** All the state that changes in training, by kind and path. */
export type StateTree = {
  /** Weights that training changes. */
  readonly trainableVariables: StateNest;
  /** Weights that it leaves, and state such as moving means and seeds. */
  readonly nonTrainableVariables: StateNest;
  /** Moments, the number of steps, and the learning rate. */
  readonly optimizerVariables: StateNest;
  /** Totals and counts of the metrics. */
  readonly metricsVariables: StateNest;
};
type Kinds = Readonly<Record<keyof StateTree, readonly Variable[]>>;

/** The values of a model's variables. */
export function readStateTree(model: Named, kinds: Kinds): StateTree {
  const nested = Object.entries(kinds).map(([kind, variables]) => [kind, nestOf(model, variables)]);
  return Object.fromEntries(nested) as StateTree;
}
function nestOf(model: Named, variables: readonly Variable[]): StateNest {
  const nest: Record<string, any> = {};
  const seen = new Set<string>();
  for (const { path, value } of variables) {
    if (seen.has(path))
      fail(model, `two of its variables have the path "${path}"`, 'give its layers names of their own');
    seen.add(path);
    const parts = path.split('/');
    const name = parts.pop()!;
    const around = parts.reduce<Record<string, any>>((at, part) => (at[part] ??= {}), nest);
    around[name] = value;
  }
  return nest;
}

const kindNames: OptionNames<StateTree> = {
  trainableVariables: true,
  nonTrainableVariables: true,
  optimizerVariables: true,
  metricsVariables: true,
};

/** Sets variables to the values in a tree. */
export function writeStateTree(model: Named, kinds: Kinds, tree: Partial<StateTree>): void {
  for (const [kind, nest] of Object.entries(optionsOf(model, kindNames, tree))) {
    const values = new Map(entriesOf(nest, ''));
    for (const variable of kinds[kind as keyof StateTree]) {
      const value = values.get(variable.path);
      if (value !== undefined) variable.assign(value);
    }
  }
}
const entriesOf = (nest: unknown, path: string): [path: string, value: Like][] =>
  isPlainObject(nest)
    ? Object.entries(nest).flatMap(([name, part]) => entriesOf(part, path === '' ? name : `${path}/${name}`))
    : [[path, nest as Like]];
