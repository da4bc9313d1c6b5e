import type { DTypePolicy } from '../../base/dtype-policy.ts';
import type { Named } from '../../base/errors.ts';
import type { Fields, Resolved } from '../../base/field/field.ts';
import { currentCall, scopedPath, type Variable } from '../../tensor/index.ts';
import type { AnyLayer } from './layer.ts';
import { currentRematScope, type RematScope } from './remat-scope.ts';
import type { Shapes } from './shapes.ts';

/**
 * The key under which a layer keeps what is the library's. Attributes of subclasses may then have any name, and all
 * attributes of a layer are those of its class.
 */
export const inner: unique symbol = Symbol('hornbeam');

/** Something with variables of its own: a metric, a seed generator, the states that a layer keeps between batches. */
export interface Keeper {
  readonly variables: readonly Variable[];
}

export const isLayer = (x: object): x is AnyLayer => inner in x;

/** What the library keeps about a layer. */
export class LayerState<S extends Fields = Fields> {
  /** The class's declared options, as resolved. */
  options: Resolved<S>;
  trainable: boolean;
  /** Whether inputs and weights are converted to the dtype of computation. */
  readonly autocast: boolean;
  policy: DTypePolicy;
  /** Name with those of the layers around it, as variables' paths begin. */
  path: string;
  /** The shapes it was built on. */
  shapes: readonly Shapes[] | undefined;
  /** The call during which the layer itself was made, if it was. */
  readonly madeIn: Named | undefined = currentCall();
  /** Variables made by `addWeight`. */
  readonly weights: Variable[] = [];
  /** What keeps variables that are states of the layer, and no weights. */
  readonly keepers: Keeper[] = [];
  /** Layers that it holds beside its attributes: those of a model's graph or stack. */
  held: readonly AnyLayer[] | undefined;
  /** What of its calls is computed again in the backward pass. */
  readonly remat: RematScope | undefined = currentRematScope();
  /** What `build` is when it is called by hand. */
  build: unknown;
  /** How many attributes it had when their names were last looked at. */
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
