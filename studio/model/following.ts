import type { Layout, Placed } from './layout.ts';
import { fromTop, readable, type View } from './view.ts';

/** What a view looks at. */
export interface Shown {
  readonly layout: Layout;
  readonly places: ReadonlyMap<string, Placed>;
  readonly selected: string | undefined;
  readonly width: number;
  readonly height: number;
}

/** The view after a change: the selected node keeps its place on the screen, and is brought into view when it is chosen. */
export function followed(view: View | undefined, before: Shown | undefined, now: Shown): View {
  const { layout, places, width, height } = now;
  const isOther = !before || ![...before.places.keys()].some((id) => places.has(id));
  if (!view || isOther) return fromTop(layout, width, height);
  let { x, y } = view;
  const { scale } = view;
  // The centre stays in the centre when the window gets narrower.
  x += (before.width - width) / 2 / scale;
  const box = places.get(now.selected ?? '');
  const was = before.places.get(now.selected ?? '');
  if (box && was && before.places !== places) {
    x += box.x + box.width / 2 - (was.x + was.width / 2);
    y += box.y - was.y;
  }
  const isNew = !was || before.selected !== now.selected || before.height !== height || before.width !== width;
  if (!box || !isNew || isSeen(box, { x, y, scale }, width, height)) return { x, y, scale };
  const near = Math.max(scale, 0.75);
  return {
    x: box.x + box.width / 2 - width / 2 / near,
    y: box.isOpen ? box.y - 60 / near : box.y + box.height / 2 - height / 2 / near,
    scale: near,
  };
}

function isSeen(box: Placed, view: View, width: number, height: number): boolean {
  const [left, top] = [(box.x - view.x) * view.scale, (box.y - view.y) * view.scale];
  const [w, h] = [box.width * view.scale, (box.isOpen ? 40 : box.height) * view.scale];
  return left + w > 24 && left < width - 24 && top > 0 && top + h < height && view.scale >= readable;
}
