import { Tensor } from '../ir/tensor.ts';
import { isTypedArray } from '../tensor/like.ts';
import { Variable } from '../tensor/variable.ts';

/** What a layer may own: its variables, other layers, and things with variables of their own (metrics, seed generators). */
export interface Owned<L> {
  readonly variables: Variable[];
  readonly layers: L[];
  readonly keepers: { readonly variables: readonly Variable[] }[];
}

/** Names of attributes that refer to a layer without owning it. */
const foreign = new Set(['config', 'inboundNodes', 'madeIn', 'network', 'stack']);

/**
 * Finds what an object owns through its attributes, lists, maps, sets and plain objects of them, in the order of the
 * attributes. Nothing needs to be registered: assigning an attribute is enough.
 */
export function ownedBy<L extends object>(owner: object, isLayer: (x: object) => x is L): Owned<L> {
  const [variables, layers, keepers] = [
    new Set<Variable>(),
    new Set<L>(),
    new Set<{ variables: readonly Variable[] }>(),
  ];
  const visit = (x: unknown): void => {
    if ((typeof x !== 'object' && typeof x !== 'function') || x === null || x === owner) return;
    if (x instanceof Variable) variables.add(x);
    else if (isLayer(x)) layers.add(x);
    else if (x instanceof Tensor || isTypedArray(x)) return;
    else if (Array.isArray(x) || x instanceof Set) for (const y of x) visit(y);
    else if (x instanceof Map) for (const y of x.values()) visit(y);
    else if (Array.isArray((x as { variables?: unknown }).variables))
      keepers.add(x as { variables: readonly Variable[] });
    else if (Object.getPrototypeOf(x) === Object.prototype) for (const y of Object.values(x)) visit(y);
  };
  for (const [key, value] of Object.entries(owner)) if (!foreign.has(key)) visit(value);
  return { variables: [...variables], layers: [...layers], keepers: [...keepers] };
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
export const byKind = (variables: readonly Variable[]): Variable[] => [
  ...variables.filter(isForTraining),
  ...variables.filter((v) => !isForTraining(v)),
];
