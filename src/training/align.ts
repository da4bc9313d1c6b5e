import { fail } from '../base/errors.ts';
import type { Tensor } from '../tensor/index.ts';
import { tensorsIn } from '../tensor/index.ts';

/** The tensors of a nest in the order of the model's outputs: objects by name, lists by position. */
export function alignLeaves(nest: unknown, names: readonly string[]): Tensor[] {
  if (typeof nest === 'object' && nest !== null && Object.getPrototypeOf(nest) === Object.prototype) {
    const entries = nest as Record<string, Tensor>;
    const missing = names.filter((name) => !(name in entries));
    if (missing.length > 0 && Object.keys(entries).length !== names.length)
      fail(
        'fit',
        `labels or weights for the output(s) ${missing.join(', ')} are missing; given: ${Object.keys(entries).join(', ')}`,
        `use the names of the outputs: ${names.join(', ')}`,
      );
    return missing.length > 0
      ? Object.keys(entries)
          .sort()
          .map((key) => entries[key]!)
      : names.map((name) => entries[name]!);
  }
  return tensorsIn(nest);
}
