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

/** The contents of a layer's attributes: variables, other layers, and other holders of variables. */
interface Owned {
  readonly variables: Variable[];
  /** Layers of a model's graph or stack come first. */
  readonly layers: AnyLayer[];
  readonly keepers: Keeper[];
}
const isKeeper = (x: object): x is Keeper => x instanceof Metric || x instanceof SeedGenerator;

/** Layers and variables that are held by something. */
const claimed = new WeakSet<object>();
/** Records that a layer is used on its own, or held by another. */
export const claim = (x: object): void => void claimed.add(x);
export const isClaimed = (x: object): boolean => claimed.has(x);

/**
 * Finds what a layer owns through its attributes, including lists, maps, sets and plain objects, in the order of the
 * attributes. Nothing has to be registered: assigning an attribute is enough.
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

/** A layer and all its descendants, each with what it owns. */
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

/** The layers held directly by a layer. */
export function sublayersOf(layer: AnyLayer): AnyLayer[] {
  const { layers } = ownedBy(layer);
  layers.forEach(claim);
  return layers;
}
/** A layer and all its descendants. */
export const flattenLayers = (root: AnyLayer): AnyLayer[] => [...ownedWithin(root).keys()];

/** A layer's own weights, without those of nested layers: trainable ones first, in order of creation. */
export function ownVariablesOf(layer: AnyLayer, owned = ownedBy(layer)): Variable[] {
  const found = byKind([...new Set([...layer[inner].weights, ...owned.variables])]);
  found.forEach(claim);
  return found;
}
/** The weights of a layer and all its descendants. */
export const weightsOf = (layer: AnyLayer): Variable[] => [
  ...new Set([...ownedWithin(layer)].flatMap(([each, owned]) => ownVariablesOf(each, owned))),
];
/** The same, plus the states of metrics and seed generators. */
export const variablesOf = (layer: AnyLayer): Variable[] => [
  ...new Set(
    [...ownedWithin(layer)].flatMap(([each, owned]) => [
      ...ownVariablesOf(each, owned),
      ...owned.keepers.flatMap((keeper) => keeper.variables),
      ...statesMadeBy(each),
    ]),
  ),
];

/**
 * The metrics held by a layer and its descendants, except those in `without`. Compiled metrics of models are not
 * included.
 */
export function metricsHeldBy(layer: AnyLayer, without?: (within: AnyLayer) => boolean): Metric[] {
  const found = new Set<Metric>();
  for (const [each, { keepers }] of ownedWithin(layer))
    if (each === layer || !without?.(each)) for (const x of keepers) if (x instanceof Metric) found.add(x);
  return [...found];
}

const madeForTraining = new WeakMap<Variable, boolean>();
/** Whether optimizers change a variable while its layer is not frozen: whether it was trainable when first seen. */
export function isForTraining(v: Variable): boolean {
  const known = madeForTraining.get(v);
  if (known !== undefined) return known;
  madeForTraining.set(v, v.trainable);
  return v.trainable;
}
/** Trainable ones first, as Keras lists weights. */
const byKind = (variables: readonly Variable[]): Variable[] => [
  ...variables.filter(isForTraining),
  ...variables.filter((v) => !isForTraining(v)),
];
