import type { StudioActivation, StudioComparison } from '../../src/studio/protocol.ts';
import { differencesOf } from '../compare/differences.ts';
import { pathOf } from '../step/kernels.ts';
import type { Item, ModelItems } from './items.ts';

/** Items by their paths of layer names without blocks, which are the library's names. */
export function byPath(model: ModelItems): ReadonlyMap<string, Item> {
  const known = paths.get(model);
  if (known) return known;
  const made = new Map<string, Item>();
  for (const item of model.all()) {
    if (item.kind === 'block') continue;
    made.set(pathOf(item), item);
  }
  paths.set(model, made);
  return made;
}
const paths = new WeakMap<ModelItems, ReadonlyMap<string, Item>>();

/** What was found of items: `nan`, `dead`, `differs` (in structure) or `changed` (in its weights); whatever contains such an item is marked as well. */
export function marksOf(
  model: ModelItems,
  activations: readonly StudioActivation[],
  comparison: StudioComparison | undefined,
): ReadonlyMap<string, string> {
  const marks = new Map<string, string>();
  const mark = (item: Item | undefined, what: string) => {
    for (let at = item; at; at = at.parent) if (marks.get(at.id) !== 'nan') marks.set(at.id, what);
  };
  const changed = new Set(
    Object.entries(comparison?.weights ?? {}).flatMap(([path, { most }]) => (most > 0 ? [path] : [])),
  );
  if (changed.size > 0)
    for (const item of model.all()) if (item.node.weights.some(({ path }) => changed.has(path))) mark(item, 'changed');
  if (comparison) {
    const { standing } = differencesOf(model, comparison);
    for (const item of model.all()) if (item.kind !== 'block' && standing(item) !== 'alike') mark(item, 'differs');
  }
  for (const { id, dead, channels } of activations)
    if (channels > 1 && dead === channels) mark(byPath(model).get(id), 'dead');
  for (const { id, histogram } of activations)
    if (histogram.nan + histogram.infinite > 0) mark(byPath(model).get(id), 'nan');
  return marks;
}
