import type { DTypePolicy } from '../../base/dtype-policy.ts';
import type { Named } from '../../base/errors.ts';
import type { Fields, Resolved } from '../../base/field/field.ts';
import { currentCall, scopedPath, type Variable } from '../../tensor/index.ts';
import { currentRematScope, type RunningScope } from '../../tensor/remat-scopes.ts';
import type { AnyLayer } from './layer.ts';
import type { Quantized } from './quantized.ts';
import type { Shapes } from './shapes.ts';

/**
 * The key for the library's own state of a layer. Attributes of subclasses may then have any name, and all attributes
 * of a layer belong to its class.
 */
export const inner: unique symbol = Symbol('hornbeam');

/** Something with variables of its own: a metric, a seed generator, state kept by a layer between batches. */
export interface Keeper {
  readonly variables: readonly Variable[];
}

export const isLayer = (x: object): x is AnyLayer => inner in x;

/** The library's own state of a layer. */
export class LayerState<S extends Fields = Fields> {
  /** The class's declared options, as resolved. */
  options: Resolved<S>;
  trainable: boolean;
  /** Whether inputs and weights are cast to the compute dtype. */
  readonly autocast: boolean;
  policy: DTypePolicy;
  /** The name, prefixed with those of the enclosing layers, with which variable paths begin. */
  path: string;
  /** The shapes the layer was built on. */
  shapes: readonly Shapes[] | undefined;
  /** The call during which the layer itself was created, if any. */
  readonly madeIn: Named | undefined = currentCall();
  /** Variables made by `addWeight`. */
  readonly weights: Variable[] = [];
  /** Holders of variables that are state of the layer rather than weights. */
  readonly keepers: Keeper[] = [];
  /** Layers it holds in addition to its attributes: those of a model's graph or stack. */
  held: readonly AnyLayer[] | undefined;
  /** What is recomputed in the backward pass. */
  readonly remat: RunningScope | undefined = currentRematScope();
  /** What replaces its call and its float weights where these are quantized. */
  quantized: Quantized | undefined;
  /** The `build` that runs when called by hand. */
  build: unknown;
  /** The number of attributes when their names were last checked. */
  checkedNames = 0;

  constructor(
    name: string,
    options: Resolved<S>,
    { trainable, autocast, policy }: Pick<LayerState, 'trainable' | 'autocast' | 'policy'>,
  ) {
    this.options = options;
    this.trainable = trainable;
    this.autocast = autocast;
    this.policy = policy;
    this.path = scopedPath(name);
  }
}

/** The declared options of a layer, as resolved. */
export const optionsOf = <S extends Fields>(layer: { readonly [inner]: LayerState<S> }): Resolved<S> =>
  layer[inner].options;
