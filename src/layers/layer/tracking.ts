import { isPlainObject } from '../../base/tree.ts';
import { Tensor } from '../../ir/tensor.ts';
import { Metric } from '../../metrics/metric.ts';
import { SeedGenerator, statesMadeBy } from '../../random/seed-generator.ts';
import { isTypedArray } from '../../tensor/like.ts';
import { Variable } from '../../tensor/variable.ts';
import { checkNames } from './attribute-names.ts';
import { eachAttribute } from './attributes.ts';
import { inner, isLayer, type Keeper } from './inner.ts';
import type { AnyLayer } from './layer.ts';

/** What a layer's attributes hold: variables, other layers, and what keeps variables of its own. */
interface Owned {
  readonly variables: Variable[];
  /** Those of a model's graph or stack first. */
  readonly layers: AnyLayer[];
  readonly keepers: Keeper[];
}
const isKeeper = (x: object): x is Keeper => x instanceof Metric || x instanceof SeedGenerator;

/** Layers and variables that somebody holds. */
const claimed = new WeakSet<object>();
/** Notes that a layer is used by itself, or held by another. */
export const claim = (x: object): void => void claimed.add(x);
export const isClaimed = (x: object): boolean => claimed.has(x);

/**
 * Finds what a layer owns through its attributes, lists, maps, sets and plain objects of them, in the order of the
 * attributes. Nothing needs to be registered: assigning an attribute is enough.
 */
function ownedBy(owner: AnyLayer): Owned {
  checkNames(owner);
  const state = owner[inner];
  const variables = new Set<Variable>();
  const [layers, keepers] = [new Set(state.held), new Set(state.keepers)];
  const visited = new Set<object>();
  const visit = (x: unknown): void => {
    if ((typeof x !== 'object' && typeof x !== 'function') || x === null || x === owner || visited.has(x)) return;
    visited.add(x);
    if (x instanceof Variable) variables.add(x);
    else if (isLayer(x)) layers.add(x);
    else if (x instanceof Tensor || isTypedArray(x)) return;
    else if (Array.isArray(x) || x instanceof Set) for (const y of x) visit(y);
    else if (x instanceof Map) for (const y of x.values()) visit(y);
    else if (isKeeper(x)) keepers.add(x);
    else if (isPlainObject(x)) for (const y of Object.values(x)) visit(y);
  };
  eachAttribute(owner, visit);
  return { variables: [...variables], layers: [...layers], keepers: [...keepers] };
}

/** A layer and all within it, each with what it owns. */
function ownedWithin(root: AnyLayer): ReadonlyMap<AnyLayer, Owned> {
  const all = new Map<AnyLayer, Owned>();
  const visit = (layer: AnyLayer): void => {
    if (all.has(layer)) return;
    const owned = ownedBy(layer);
    all.set(layer, owned);
    owned.layers.forEach(claim);
    owned.layers.forEach(visit);
  };
  visit(root);
  return all;
}

/** Layers that a layer holds, directly. */
export function sublayersOf(layer: AnyLayer): AnyLayer[] {
  const { layers } = ownedBy(layer);
  layers.forEach(claim);
  return layers;
}
/** A layer and all within it. */
export const flattenLayers = (root: AnyLayer): AnyLayer[] => [...ownedWithin(root).keys()];

/** A layer's own weights, trainable ones first as they were created, without those of layers within. */
export function ownVariablesOf(layer: AnyLayer, owned = ownedBy(layer)): Variable[] {
  const found = byKind([...new Set([...layer[inner].weights, ...owned.variables])]);
  found.forEach(claim);
  return found;
}
/** Weights of a layer and all within it. */
export const weightsOf = (layer: AnyLayer): Variable[] => [
  ...new Set([...ownedWithin(layer)].flatMap(([each, owned]) => ownVariablesOf(each, owned))),
];
/** The same, and the states of metrics and seed generators. */
export const variablesOf = (layer: AnyLayer): Variable[] => [
  ...new Set(
    [...ownedWithin(layer)].flatMap(([each, owned]) => [
      ...ownVariablesOf(each, owned),
      ...owned.keepers.flatMap((keeper) => keeper.variables),
      ...statesMadeBy(each),
    ]),
  ),
];

/** Metrics that a layer and those within hold, those of `without` left out. What a model compiled is none of them. */
export function metricsHeldBy(layer: AnyLayer, without?: (within: AnyLayer) => boolean): Metric[] {
  const found = new Set<Metric>();
  for (const [each, { keepers }] of ownedWithin(layer))
    if (each === layer || !without?.(each)) for (const x of keepers) if (x instanceof Metric) found.add(x);
  return [...found];
}

const madeForTraining = new WeakMap<Variable, boolean>();
/** Whether a variable is one that optimizers change while its layer is not frozen: whether it was trainable when first seen. */
export function isForTraining(v: Variable): boolean {
  const known = madeForTraining.get(v);
  if (known !== undefined) return known;
  madeForTraining.set(v, v.trainable);
  return v.trainable;
}
/** Those for training first, as Keras lists weights. */
const byKind = (variables: readonly Variable[]): Variable[] => [
  ...variables.filter(isForTraining),
  ...variables.filter((v) => !isForTraining(v)),
];
