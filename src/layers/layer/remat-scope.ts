import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { rematScopes } from '../../tensor/remat-scopes.ts';

const modes = ['full', 'activations', 'larger_than', 'list_of_layers'] as const;

/** Options of `RematScope`. */
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

  constructor(options: RematScopeOptions = {}, ...surplus: undefined[]) {
    const {
      mode = 'full',
      outputSizeThreshold = 1024,
      layerNames = [],
    } = optionsOf('RematScope', names, options, surplus);
    if (mode !== null && !modes.includes(mode))
      fail('RematScope', `mode is ${show(mode)}`, `give one of ${modes.map((m) => `'${m}'`).join(', ')}, or null`);
    this.mode = mode;
    this.outputSizeThreshold = outputSizeThreshold;
    this.layerNames = layerNames;
  }
  /** Runs the function in the scope, like Python's `with` block. */
  run<R>(f: () => R): R {
    rematScopes.push(this);
    try {
      return f();
    } finally {
      rematScopes.pop();
    }
  }

  static {
    exactMethods(this);
  }
}
