import { sameShape } from '../../base/shape.ts';
import type { AnyLayer } from '../../layers/layer/layer.ts';
import { ownVariablesOf, sublayersOf } from '../../layers/layer/tracking.ts';
import type { Variable } from '../../tensor/index.ts';

/** A variable of a model, and the names that lead to it: those of the layers around it, then its own. */
interface Target {
  readonly variable: Variable;
  readonly names: readonly string[];
}
interface Stored {
  readonly shape: readonly number[];
}

/** All variables of a model in the order of its layers. */
export function targetsIn(model: AnyLayer): Target[] {
  const found = new Map<Variable, Target>();
  const seen = new Set<AnyLayer>();
  const visit = (layer: AnyLayer, above: readonly string[]): void => {
    if (seen.has(layer)) return;
    seen.add(layer);
    for (const variable of ownVariablesOf(layer))
      if (!found.has(variable)) found.set(variable, { variable, names: [...above, ownName(layer, variable)] });
    for (const inner of sublayersOf(layer)) visit(inner, [...above, inner.name]);
  };
  visit(model, []);
  return [...found.values()];
}
/** The name that Keras 2 gave a variable. */
const ownName = (layer: AnyLayer, { name }: Variable): string =>
  /^DepthwiseConv/.test(layer.className) && name === 'kernel' ? 'depthwise_kernel' : name;

/**
 * Which array of a file belongs to which variable. Names of layers decide: files leave out models around a layer, or have the cells of
 * recurrent layers numbered otherwise. Where they do not, the order does, in each of the ways in which files list weights.
 */
export function matchWeights(
  targets: readonly Target[],
  stored: ReadonlyMap<string, Stored>,
): ReadonlyMap<Variable, string> {
  const byName = matchNames(targets, [...stored.keys()]);
  if (byName.size === targets.length || stored.size !== targets.length) return byName;
  return matchOrder(targets, stored) ?? byName;
}

const partsOf = (name: string): string[] => name.replace(/:0$/, '').split('/');

/** Pairs of equal variables of the layers with the most names in common; none where two fit equally well. */
function matchNames(targets: readonly Target[], stored: readonly string[]): Map<Variable, string> {
  const byPlace = new Map<string, Target[]>();
  for (const target of targets) {
    const own = target.names.at(-1)!;
    for (const layer of new Set(target.names.slice(0, -1))) {
      const key = `${layer}/${own}`;
      byPlace.set(key, [...(byPlace.get(key) ?? []), target]);
    }
  }
  const best = new Map<Target, { readonly name: string; readonly apart: number } | undefined>();
  for (const name of stored) {
    const parts = partsOf(name);
    const near = new Set(parts.slice(0, -1).flatMap((layer) => byPlace.get(`${layer}/${parts.at(-1)}`) ?? []));
    const ranked = [...near]
      .map((target) => ({ target, apart: apartness(parts, target.names) }))
      .sort((a, b) => a.apart - b.apart);
    const [first, second] = ranked;
    if (!first || second?.apart === first.apart) continue;
    const rival = best.get(first.target);
    if (!best.has(first.target) || (rival && first.apart < rival.apart))
      best.set(first.target, { name, apart: first.apart });
    else if (rival?.apart === first.apart) best.set(first.target, undefined);
  }
  return new Map([...best].flatMap(([{ variable }, found]) => (found ? [[variable, found.name]] : [])));
}

/** How many names of two paths the longest path within both leaves over. */
function apartness(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const next = [0];
    for (let j = 0; j < b.length; j++) next.push(x === b[j] ? row[j] + 1 : Math.max(row[j + 1], next[j]));
    row = next;
  }
  return a.length + b.length - 2 * row[b.length];
}

/** Matches by order: that of layers, that of their names (as HDF5 lists them), or all trainable weights first. */
function matchOrder(
  targets: readonly Target[],
  stored: ReadonlyMap<string, Stored>,
): Map<Variable, string> | undefined {
  const sorted = [...targets].sort((a, b) => (a.names[0] < b.names[0] ? -1 : a.names[0] > b.names[0] ? 1 : 0));
  const trainableFirst = (list: readonly Target[]): Target[] => [
    ...list.filter(({ variable }) => variable.trainable),
    ...list.filter(({ variable }) => !variable.trainable),
  ];
  const entries = [...stored];
  const fits = (order: readonly Target[]): boolean =>
    order.every(
      ({ variable, names }, k) =>
        sameShape(variable.shape, entries[k][1].shape) && partsOf(entries[k][0]).at(-1)!.startsWith(names.at(-1)!),
    );
  const order = [targets, sorted, trainableFirst(targets)].find(fits);
  return order && new Map(order.map(({ variable }, k) => [variable, entries[k][0]]));
}
