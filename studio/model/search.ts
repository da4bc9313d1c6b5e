import { shapeText } from '../parts/format.ts';
import type { Item, ModelItems } from './items.ts';

/** Items whose name, class, shapes or dtype have every word of the query in them; `28x28` stands for `28 × 28`. */
export function search(model: ModelItems, query: string, most = 200): Item[] {
  const words = query
    .toLowerCase()
    .replace(/(\d)\s*[x×*,]\s*(?=\d)/g, '$1×')
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const found: Item[] = [];
  for (const item of model.all()) {
    const text = textOf(item);
    if (!words.every((word) => text.includes(word))) continue;
    found.push(item);
    if (found.length >= most) break;
  }
  return found;
}
const texts = new WeakMap<Item, string>();
function textOf(item: Item): string {
  const known = texts.get(item);
  if (known !== undefined) return known;
  const { node } = item;
  const tensors = [...node.inputs, ...node.outputs, ...node.weights].map(
    ({ shape, dtype }) => `${shapeText(shape).replaceAll(' ', '')} ${dtype}`,
  );
  const text = [item.name, node.className, ...new Set(tensors)].join(' ').toLowerCase();
  texts.set(item, text);
  return text;
}
