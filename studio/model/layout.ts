import * as dagre from '@dagrejs/dagre';

/** The boxes to lay out with their sizes, some of them open, and the edges between them; -1 is the border. */
export interface LayoutGraph {
  readonly nodes: readonly LayoutNode[];
  readonly edges: readonly (readonly [from: number, to: number])[];
}
export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** The contents of an open box, which decide its size. */
  readonly inside?: LayoutGraph | undefined;
}
/** A box with its position. */
export interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly isOpen: boolean;
}
/** The points of an edge: x and y, alternating. */
export interface Route {
  readonly from: string;
  readonly to: string;
  readonly points: readonly number[];
}
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Placed[];
  readonly routes: readonly Route[];
}

const gap = { rank: 34, node: 26, pad: 22, header: 40 };
/** Dagre is slow beyond this size: larger parts are laid out rank by rank. */
const mostForDagre = 400;

/** The positions of everything, including the contents of open boxes. */
export function layOut(graph: LayoutGraph, id = ''): Layout {
  const boxes: Placed[] = [];
  const routes: Route[] = [];
  const plan = planOf(graph);
  place(plan, graph, id, 0, 0, 0, boxes, routes);
  return { width: plan.width, height: plan.height, boxes, routes };
}

/** The layout of a single graph: the centres of its boxes, and its edges, relative to its corner. */
interface Plan {
  readonly width: number;
  readonly height: number;
  readonly sizes: readonly Size[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly routes: readonly { readonly from: number; readonly to: number; readonly points: readonly number[] }[];
}
interface Size {
  readonly width: number;
  readonly height: number;
  readonly plan: Plan | undefined;
}

function place(
  plan: Plan,
  graph: LayoutGraph,
  id: string,
  left: number,
  top: number,
  depth: number,
  boxes: Placed[],
  routes: Route[],
): void {
  for (const { from, to, points } of plan.routes)
    routes.push({
      from: graph.nodes[from]?.id ?? id,
      to: graph.nodes[to]?.id ?? id,
      points: points.map((v, k) => v + (k % 2 === 0 ? left : top)),
    });
  graph.nodes.forEach((node, k) => {
    const { width, height, plan: inner } = plan.sizes[k]!;
    const [x, y] = [left + plan.x[k]! - width / 2, top + plan.y[k]! - height / 2];
    boxes.push({ id: node.id, x, y, width, height, depth, isOpen: inner !== undefined });
    if (inner)
      place(inner, node.inside!, node.id, x + (width - inner.width) / 2, y + gap.header, depth + 1, boxes, routes);
  });
}

/** The border of a graph as a box, so that edges from and to it are led around other boxes. */
const border: Size = { width: 4, height: 1, plan: undefined };

function planOf({ nodes, edges }: LayoutGraph): Plan {
  const own = nodes.map(({ width, height, inside }): Size => {
    const plan = inside && planOf(inside);
    return plan
      ? {
          width: Math.max(width + 40, plan.width + 2 * gap.pad),
          height: plan.height + gap.header + gap.pad,
          plan,
        }
      : { width, height, plan };
  });
  // The border of the graph comes first, and last.
  const [hasIn, hasOut] = [edges.some(([from]) => from < 0), edges.some(([, to]) => to < 0)];
  const start = hasIn ? 1 : 0;
  const sizes = [...(hasIn ? [border] : []), ...own, ...(hasOut ? [border] : [])];
  const ends = edges.map(
    ([from, to]) => [from < 0 ? 0 : from + start, to < 0 ? sizes.length - 1 : to + start] as const,
  );
  const plan = stacked(
    sizes,
    ends.filter(([from, to]) => from !== to),
  );
  const outer = (k: number): number => (k >= start && k < start + own.length ? k - start : -1);
  return {
    ...plan,
    sizes: own,
    x: plan.x.slice(start, start + own.length),
    y: plan.y.slice(start, start + own.length),
    routes: plan.routes.map((route) => ({ ...route, from: outer(route.from), to: outer(route.to) })),
  };
}

/** Boxes that all paths pass through divide the graph into pieces, which are laid out one below the other. */
function stacked(sizes: readonly Size[], edges: readonly (readonly [number, number])[]): Plan {
  const [x, y] = [new Array<number>(sizes.length).fill(0), new Array<number>(sizes.length).fill(0)];
  const routes: { from: number; to: number; points: number[] }[] = [];

  let below = 0;
  for (const { piece, within } of edgesIn(sizes.length, edges)) {
    const first = piece[0]!;
    const inPiece = new Map(piece.map((k, at) => [k, at]));
    const isJoined = below > 0;
    const part = pieceLayout(
      piece.map((k) => sizes[k]!),
      within.map(([from, to]) => [inPiece.get(from)!, inPiece.get(to)!]),
    );
    const top = isJoined ? y[first]! - part.y[0]! : below;
    const left = isJoined ? x[first]! : 0;
    piece.forEach((k, at) => {
      if (at === 0 && isJoined) return;
      x[k] = part.x[at]! + left;
      y[k] = part.y[at]! + top;
    });
    within.forEach(([from, to], e) =>
      routes.push({ from, to, points: part.points[e]!.map((v, k) => (k % 2 === 0 ? v + left : v + top)) }),
    );
    below = Math.max(below, top + part.height);
  }
  return cornered({ sizes, x, y, routes });
}

/** The pieces with the edges within them. */
function edgesIn(
  count: number,
  edges: readonly (readonly [number, number])[],
): { piece: number[]; within: (readonly [number, number])[] }[] {
  const found = piecesOf(count, edges).map((piece) => ({ piece, within: [] as (readonly [number, number])[] }));
  // Such a box is the last of one piece and the first of the next: edges belong to the piece in which they begin.
  const starts = new Map<number, number>();
  found.forEach(({ piece }, n) => {
    for (const k of piece) starts.set(k, n);
  });
  for (const edge of edges) found[starts.get(edge[0]) ?? 0]!.within.push(edge);
  return found;
}

/** Moves everything to the corner. */
function cornered({ sizes, x, y, routes }: Pick<Plan, 'sizes' | 'x' | 'y' | 'routes'>): Plan {
  let [left, right, bottom] = [Infinity, -Infinity, 0];
  sizes.forEach(({ width, height }, k) => {
    left = Math.min(left, x[k]! - width / 2);
    right = Math.max(right, x[k]! + width / 2);
    bottom = Math.max(bottom, y[k]! + height / 2);
  });
  for (const { points } of routes)
    for (let k = 0; k < points.length; k += 2) {
      left = Math.min(left, points[k]!);
      right = Math.max(right, points[k]!);
    }
  if (sizes.length === 0) [left, right] = [0, 0];
  return {
    width: right - left,
    height: bottom,
    sizes,
    x: x.map((v) => v - left),
    y,
    routes: routes.map((r) => ({ ...r, points: r.points.map((v, k) => (k % 2 === 0 ? v - left : v)) })),
  };
}

/** Runs of boxes from one that all paths pass through to the next, both included. */
function piecesOf(count: number, edges: readonly (readonly [number, number])[]): number[][] {
  if (count === 0) return [];
  const order = inOrder(count, edges);
  const place = new Array<number>(count);
  order.forEach((k, at) => (place[k] = at));
  // How far edges reach that begin before a position.
  const reach = new Array<number>(count).fill(0);
  for (const [from, to] of edges) reach[place[from]!] = Math.max(reach[place[from]!]!, place[to]!);
  const hasInput = new Set(edges.map(([, to]) => to));
  const pieces: number[][] = [];
  let [start, far] = [0, 0];
  for (let at = 1; at < count; at++) {
    far = Math.max(far, reach[at - 1]!);
    const meets = far <= at && hasInput.has(order[at]!) && !order.slice(at + 1, at + 64).some((k) => !hasInput.has(k));
    if (!meets && at < count - 1) continue;
    pieces.push(order.slice(start, at + 1));
    start = at;
  }
  if (pieces.length === 0) pieces.push(order);
  return pieces;
}

/** Boxes in topological order; those of a cycle keep their order. */
function inOrder(count: number, edges: readonly (readonly [number, number])[]): number[] {
  const after: number[][] = Array.from({ length: count }, () => []);
  const waits = new Array<number>(count).fill(0);
  for (const [from, to] of edges) {
    after[from]!.push(to);
    waits[to]!++;
  }
  const order: number[] = [];
  const isDone = new Array<boolean>(count).fill(false);
  const ready: number[] = [];
  for (let k = count - 1; k >= 0; k--) if (waits[k] === 0) ready.push(k);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    order.push(next);
    isDone[next] = true;
    for (const to of after[next]!.toReversed()) if (--waits[to]! === 0) ready.push(to);
  }
  for (let k = 0; k < count; k++) if (!isDone[k]) order.push(k);
  return order;
}

interface PieceLayout {
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly points: readonly (readonly number[])[];
  readonly height: number;
}
const cache = new Map<string, PieceLayout>();

/** A piece laid out, its first box at x = 0. */
function pieceLayout(sizes: readonly Size[], edges: readonly (readonly [number, number])[]): PieceLayout {
  const key = JSON.stringify([sizes.map(({ width, height }) => [width, height]), edges]);
  const known = cache.get(key);
  if (known) return known;
  const made = upright(sizes.length > mostForDagre ? byRanks(sizes, edges) : byDagre(sizes, edges), edges);
  if (cache.size > 5000) cache.clear();
  cache.set(key, made);
  return made;
}

/** Straightens the longest path through a piece; if most boxes lie beside it, only its end is moved below its beginning. */
function upright(piece: PieceLayout, edges: readonly (readonly [number, number])[]): PieceLayout {
  const { x, y, points, height } = piece;
  const way = longestWay(x.length, edges);
  const last = way.at(-1)!;
  if (way[0] === 0 && way.length >= 0.6 * x.length) {
    const shift = along(way.map((k) => [x[k]!, y[k]!]));
    return {
      x: x.map((v, k) => v - shift(y[k]!)),
      y,
      // The ends of an edge move with their boxes.
      points: points.map((line, e) =>
        line.map((v, k) => {
          if (k % 2 === 1) return v;
          const end = k === 0 ? edges[e]![0] : k === line.length - 2 ? edges[e]![1] : undefined;
          return v - shift(end === undefined ? line[k + 1]! : y[end]!);
        }),
      ),
      height,
    };
  }
  const isAlone = y.filter((v) => v > y[last]! - 1).length === 1;
  const [first, end] = [x[0]!, isAlone ? x[0]! : x[last]!];
  return {
    x: x.map((v, k) => (k === last ? end : v) - first),
    y,
    points: points.map((line, e) =>
      line.map((v, k) => (k % 2 === 1 ? v : (k === line.length - 2 && edges[e]![1] === last ? end : v) - first)),
    ),
    height,
  };
}

/** The boxes of a longest path, in order. */
function longestWay(count: number, edges: readonly (readonly [number, number])[]): number[] {
  const length = new Array<number>(count).fill(0);
  const before = new Array<number>(count).fill(-1);
  const after: number[][] = Array.from({ length: count }, () => []);
  for (const [from, to] of edges) after[from]!.push(to);
  for (const k of inOrder(count, edges))
    for (const to of after[k]!)
      if (length[k]! + 1 > length[to]!) {
        length[to] = length[k]! + 1;
        before[to] = k;
      }
  const way: number[] = [];
  for (let at = length.indexOf(Math.max(...length)); at >= 0; at = before[at]!) way.unshift(at);
  return way;
}

/** The x of a line through points at any height. */
function along(line: readonly (readonly [x: number, y: number])[]): (y: number) => number {
  return (at) => {
    const next = line.findIndex(([, y]) => y >= at);
    if (next <= 0) return line[next === 0 ? 0 : line.length - 1]![0];
    const [[x0, y0], [x1, y1]] = [line[next - 1]!, line[next]!];
    return y1 > y0 ? x0 + ((at - y0) / (y1 - y0)) * (x1 - x0) : x1;
  };
}

function byDagre(sizes: readonly Size[], edges: readonly (readonly [number, number])[]): PieceLayout {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'TB', ranksep: gap.rank, nodesep: gap.node, edgesep: 16, ranker: 'network-simplex' });
  sizes.forEach(({ width, height }, k) => graph.setNode(String(k), { width, height }));
  for (const [from, to] of edges) graph.setEdge(String(from), String(to), {});
  dagre.layout(graph);
  const nodes = sizes.map((_, k) => graph.node(String(k)) as { x: number; y: number });
  const points = edges.map(([from, to]) => {
    const edge = graph.edge(String(from), String(to)) as { points: { x: number; y: number }[] };
    // It leaves below the centre of one box, and enters above that of the other.
    const inner = edge.points.slice(1, -1).flatMap(({ x, y }) => [x, y]);
    const short = edge.points.length <= 3 ? [] : inner;
    const [a, b] = [nodes[from]!, nodes[to]!];
    return [a.x, a.y + sizes[from]!.height / 2, ...short, b.x, b.y - sizes[to]!.height / 2];
  });
  return {
    x: nodes.map(({ x }) => x),
    y: nodes.map(({ y }) => y),
    points,
    height: (graph.graph() as { height: number }).height,
  };
}

/** Boxes in rows by the longest path to them, each close to its predecessors. */
function byRanks(sizes: readonly Size[], edges: readonly (readonly [number, number])[]): PieceLayout {
  const rank = new Array<number>(sizes.length).fill(0);
  const before: number[][] = sizes.map(() => []);
  for (const [from, to] of edges) before[to]!.push(from);
  for (const k of inOrder(sizes.length, edges)) for (const b of before[k]!) rank[k] = Math.max(rank[k]!, rank[b]! + 1);
  const rows: number[][] = [];
  rank.forEach((r, k) => (rows[r] ??= []).push(k));
  const x = new Array<number>(sizes.length).fill(0);
  const y = new Array<number>(sizes.length).fill(0);
  let top = 0;
  for (const row of rows) {
    const wanted = new Map(
      row.map((k) => [
        k,
        before[k]!.length > 0 ? before[k]!.reduce((sum, b) => sum + x[b]!, 0) / before[k]!.length : 0,
      ]),
    );
    row.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
    const width = row.reduce((sum, k) => sum + sizes[k]!.width + gap.node, -gap.node);
    const middle = row.reduce((sum, k) => sum + wanted.get(k)!, 0) / row.length;
    let left = middle - width / 2;
    const height = Math.max(...row.map((k) => sizes[k]!.height));
    for (const k of row) {
      x[k] = left + sizes[k]!.width / 2;
      y[k] = top + height / 2;
      left += sizes[k]!.width + gap.node;
    }
    top += height + gap.rank;
  }
  const points = edges.map(([from, to]) => [
    x[from]!,
    y[from]! + sizes[from]!.height / 2,
    x[to]!,
    y[to]! - sizes[to]!.height / 2,
  ]);
  return { x, y, points, height: top - gap.rank };
}
