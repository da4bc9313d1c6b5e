import type { Layout } from './layout.ts';

/** The box that an arrow key leads to: up or down along an edge, left or right to the nearest box. */
export function neighbour({ boxes, routes }: Layout, from: string | undefined, key: string): string | undefined {
  const here = boxes.find(({ id }) => id === from);
  if (!here) return boxes[0]?.id;
  const middle = here.x + here.width / 2;
  const nearest = (ids: readonly string[]): string | undefined => {
    const near = boxes.filter(({ id }) => ids.includes(id));
    near.sort((a, b) => Math.abs(a.x + a.width / 2 - middle) - Math.abs(b.x + b.width / 2 - middle));
    return near[0]?.id;
  };
  if (key === 'ArrowDown') {
    // Into an open box, and out of it at its end.
    if (here.isOpen) {
      const within = nearest(
        routes
          .filter((r) => r.from === from && boxes.some((b) => b.id === r.to && b.depth > here.depth))
          .map(({ to }) => to),
      );
      if (within) return within;
    }
    return nearest(routes.filter((r) => r.from === from).map(({ to }) => to));
  }
  if (key === 'ArrowUp') return nearest(routes.filter((r) => r.to === from).map((r) => r.from));
  const side = boxes.filter(
    (b) =>
      b.depth === here.depth &&
      b.id !== from &&
      Math.abs(b.y - here.y) < 160 &&
      (key === 'ArrowLeft' ? b.x < here.x : b.x > here.x),
  );
  side.sort((a, b) => Math.hypot(a.x - here.x, 2 * (a.y - here.y)) - Math.hypot(b.x - here.x, 2 * (b.y - here.y)));
  return side[0]?.id;
}
