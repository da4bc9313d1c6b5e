import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { show } from '../base/options.ts';
import { KerasTensor } from '../tensor/index.ts';

/**
 * Whether a value is a symbolic tensor, as returned by `keras.Input`.
 * @example keras.utils.isKerasTensor(keras.Input({ shape: [2] })) // true
 */
export const isKerasTensor = exact(
  'utils.isKerasTensor',
  1,
  (x: unknown): x is KerasTensor => x instanceof KerasTensor,
);

/**
 * The distinct inputs of the functional graph that a symbolic tensor is computed from; an input's only source is
 * itself.
 * @example keras.utils.getSourceInputs(keras.Input({ shape: [2] })).length // 1
 */
export const getSourceInputs = exact(
  'utils.getSourceInputs',
  1,
  function getSourceInputs(tensor: KerasTensor): KerasTensor[] {
    if (!isKerasTensor(tensor))
      fail(
        'getSourceInputs',
        `expects a KerasTensor, got ${show(tensor)}`,
        'give what a layer made of keras.Input({ shape })',
      );
    const sources = new Set<KerasTensor>();
    const seen = new Set<KerasTensor>();
    // Not by recursion: graphs may be deep.
    const waiting = [tensor];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      const inputs = next.history?.node.inputs ?? [];
      if (inputs.length === 0) sources.add(next);
      else waiting.push(...inputs.toReversed());
    }
    return [...sources];
  },
);
