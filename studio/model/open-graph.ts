import type { Item } from './items.ts';
import type { LayoutGraph } from './layout.ts';

/** Sizes of closed boxes. */
export const boxSize = { width: 208, height: 50, opWidth: 168, opHeight: 34 } as const;

/** The boxes and edges of an item's inside, some of them open. */
export function openGraph(item: Item, isOpen: (item: Item) => boolean): LayoutGraph {
  const { items, edges } = item.inside() ?? { items: [], edges: [] };
  const nodes = items.map((each) => {
    const isOp = each.kind === 'op' || each.kind === 'input';
    return {
      id: each.id,
      width: isOp ? boxSize.opWidth : boxSize.width,
      height: isOp ? boxSize.opHeight : boxSize.height,
      inside: each.opens && isOpen(each) ? openGraph(each, isOpen) : undefined,
    };
  });
  return { nodes, edges };
}
