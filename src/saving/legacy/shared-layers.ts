import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Described, isDescribed } from './described.ts';

/**
 * Keras numbers a layer that is shared with a nested model, but loses the number at its first occurrence: a description
 * that is otherwise identical belongs to the same layer.
 */
export function numberSharedLayers(model: Config): Config {
  const byNumber = new Map<unknown, Described[]>();
  const unnumbered: Described[] = [];
  const visit = (x: unknown): void => {
    if (Array.isArray(x)) x.forEach(visit);
    if (!isPlainObject(x)) return;
    if (isDescribed(x)) {
      const number = x['shared_object_id'];
      if (number !== undefined) byNumber.set(number, [...(byNumber.get(number) ?? []), x]);
      else if (isPlainObject(x.config) && typeof x.config['name'] === 'string') unnumbered.push(x);
    }
    Object.values(x).forEach(visit);
  };
  visit(model);
  for (const [number, [only, ...others]] of byNumber) {
    if (others.length > 0 || !isPlainObject(only.config) || typeof only.config['name'] !== 'string') continue;
    const text = textOf(only);
    for (const object of unnumbered)
      if (textOf(object) === text) (object as { shared_object_id?: unknown }).shared_object_id = number;
  }
  return model;
}
const textOf = ({ class_name: name, config }: Described): string =>
  JSON.stringify([name, config], (key, value: unknown) => (key === 'shared_object_id' ? undefined : value));
