import type { StudioComparison, StudioNode } from '../../src/studio/protocol.ts';
import { type Item, ModelItems } from '../model/items.ts';

/** The differences between two models. */
export interface Differences {
  /** The counterpart in the other model; undefined if there is none. */
  readonly other: (item: Item) => StudioNode | undefined;
  /** Places of layers that only one model has, and of those that differ: names below the model, joined by `/`. */
  readonly onlyHere: readonly string[];
  readonly onlyThere: readonly string[];
  readonly differing: readonly string[];
  readonly standing: (item: Item) => 'only here' | 'differs' | 'alike';
}

/** The differences between the layers of a model and of the one it is compared with. */
export function differencesOf(model: ModelItems, comparison: StudioComparison): Differences {
  const known = found.get(model);
  if (known?.of === comparison) return known.differences;
  const here = nodesOf(model);
  const { there, left } = matched(here, nodesOf(new ModelItems(comparison.other)));
  const differences: Differences = {
    other: (item) => there.get(placeOf(item)),
    onlyHere: [...here.keys()].filter((place) => !there.has(place)),
    onlyThere: left,
    differing: [...here].flatMap(([place, node]) => {
      const other = there.get(place);
      return other && said(node) !== said(other) ? [place] : [];
    }),
    standing: (item) => {
      const [own, other] = [here.get(placeOf(item)), there.get(placeOf(item))];
      if (!own) return 'alike';
      return !other ? 'only here' : said(own) === said(other) ? 'alike' : 'differs';
    },
  };
  found.set(model, { of: comparison, differences });
  return differences;
}
const found = new WeakMap<ModelItems, { readonly of: StudioComparison; readonly differences: Differences }>();

/** Entries of two configs that differ, by key. */
export function changedEntries(here: StudioNode, there: StudioNode): [key: string, here: unknown, there: unknown][] {
  const [own, other] = [here.config ?? {}, there.config ?? {}];
  return [...new Set([...Object.keys(own), ...Object.keys(other)])].flatMap((key): [string, unknown, unknown][] =>
    JSON.stringify(own[key]) === JSON.stringify(other[key]) ? [] : [[key, own[key], other[key]]],
  );
}

type Nodes = ReadonlyMap<string, StudioNode>;
/**
 * The counterparts of nodes: those of the same name and, of the rest, which were named automatically, those of
 * one class in order.
 */
function matched(here: Nodes, others: Nodes): { readonly there: Nodes; readonly left: readonly string[] } {
  const there = new Map([...here.keys()].flatMap((place) => (others.has(place) ? [[place, others.get(place)!]] : [])));
  const left = [...others.keys()].filter((place) => !here.has(place));
  const within = (place: string): string => place.slice(0, place.lastIndexOf('/') + 1);
  for (const [place, node] of here) {
    if (there.has(place)) continue;
    const at = left.findIndex((p) => within(p) === within(place) && others.get(p)!.className === node.className);
    if (at >= 0) there.set(place, others.get(left.splice(at, 1)[0]!)!);
  }
  return { there, left };
}

const placeOf = ({ id }: Item): string => id.slice(id.indexOf('/') + 1);
const nodesOf = (model: ModelItems): Nodes =>
  new Map([...model.all()].filter(({ kind }) => kind !== 'block').map((item) => [placeOf(item), item.node]));
const said = ({ className, config, outputs }: StudioNode): string => JSON.stringify([className, config, outputs]);
