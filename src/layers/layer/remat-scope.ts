import { fail } from '../../base/errors.ts';
import { exactMethods } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';

const modes = ['full', 'activations', 'larger_than', 'list_of_layers'] as const;

export interface RematScopeOptions {
  /**
   * What is computed again: all that each layer computes (`'full'`), the activations of layers that have one
   * (`'activations'`), layers whose outputs together have more elements than `outputSizeThreshold` (`'larger_than'`), the
   * layers named in `layerNames` (`'list_of_layers'`), or nothing (null).
   */
  readonly mode?: (typeof modes)[number] | null;
  /** For `'larger_than'`: number of elements, 1024 when absent. */
  readonly outputSizeThreshold?: number;
  /** For `'list_of_layers'`. */
  readonly layerNames?: readonly string[];
}
const names: OptionNames<RematScopeOptions> = { mode: true, outputSizeThreshold: true, layerNames: true };

const scopes: RematScope[] = [];
/** The innermost scope in which layers are being made. */
export const currentRematScope = (): RematScope | undefined => scopes[scopes.length - 1];

/**
 * Layers made in the scope compute again in the backward pass what they computed in the forward pass, instead of keeping
 * it: a training step then takes more time and less memory.
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
  /** What Python's `with` block is: the layers that the function makes are of the scope. */
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
