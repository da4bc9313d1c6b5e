import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';

const modes = ['full', 'activations', 'larger_than', 'list_of_layers'] as const;

export interface RematScopeOptions {
  /**
   * What is recomputed: everything each layer computes (`'full'`), the activations of layers that have one
   * (`'activations'`), layers whose outputs have more than `outputSizeThreshold` elements in total (`'larger_than'`),
   * the layers named in `layerNames` (`'list_of_layers'`), or nothing (null).
   */
  readonly mode?: (typeof modes)[number] | null;
  /** For `'larger_than'`: number of elements; 1024 by default. */
  readonly outputSizeThreshold?: number;
  /** For `'list_of_layers'`. */
  readonly layerNames?: readonly string[];
}
const names: OptionNames<RematScopeOptions> = { mode: true, outputSizeThreshold: true, layerNames: true };

const scopes: RematScope[] = [];
/** The innermost active scope. */
export const currentRematScope = (): RematScope | undefined => scopes[scopes.length - 1];

/** Whether a scope wants the given results recomputed, as far as this can be decided without the operation. */
export const isRecomputed = (scope: RematScope | undefined): ((outputs: readonly Tensor[]) => boolean) | undefined =>
  scope?.mode === 'full'
    ? () => true
    : scope?.mode === 'larger_than'
      ? (outputs) => outputs.reduce((n, t) => n + sizeOf(t.shape), 0) > scope.outputSizeThreshold
      : undefined;

/**
 * Layers created in the scope, and ops called on KerasTensors in it, recompute their intermediate results in the backward pass instead of keeping them: a
 * training step then takes more time and less memory.
 * @example new keras.RematScope({ mode: 'full' }).run(() => new keras.layers.Dense({ units: 2 })).units // 2
 * @see https://keras.io/api/utils/config_utils/
 */
export class RematScope {
  readonly mode: (typeof modes)[number] | null;
  readonly outputSizeThreshold: number;
  readonly layerNames: readonly string[];

  constructor(options: RematScopeOptions = {}) {
    const { mode = 'full', outputSizeThreshold = 1024, layerNames = [] } = optionsOf('RematScope', names, options);
    if (mode !== null && !modes.includes(mode))
      fail('RematScope', `mode is ${show(mode)}`, `give one of ${modes.map((m) => `'${m}'`).join(', ')}, or null`);
    this.mode = mode;
    this.outputSizeThreshold = outputSizeThreshold;
    this.layerNames = layerNames;
  }
  /** Runs the function in the scope, like Python's `with` block. */
  run<R>(f: () => R): R {
    scopes.push(this);
    try {
      return f();
    } finally {
      scopes.pop();
    }
  }

  static {
    exactMethods(this);
  }
}
