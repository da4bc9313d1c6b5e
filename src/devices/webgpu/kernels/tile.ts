import type { Gpu } from '../dispatch.ts';

/**
 * How a product is tiled: a workgroup computes `rows` × `columns` of it, `depth` terms at a time; an invocation
 * `own[0]` × `own[1]`.
 */
export interface Tile {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly own: readonly [rows: number, columns: number];
  /** Into how many parts the sum over k is cut; another dispatch adds them. */
  readonly splits: number;
}

type Form = Omit<Tile, 'splits'> & { readonly quality: number };
/** `quality`: multiplications per cycle, relative to the largest tile. */
const forms: readonly Form[] = [
  { rows: 128, columns: 128, depth: 16, own: [8, 8], quality: 1 },
  { rows: 128, columns: 64, depth: 16, own: [8, 8], quality: 0.85 },
  { rows: 64, columns: 128, depth: 16, own: [8, 8], quality: 0.85 },
  { rows: 64, columns: 64, depth: 16, own: [8, 4], quality: 0.7 },
  { rows: 32, columns: 64, depth: 32, own: [4, 4], quality: 0.5 },
  { rows: 64, columns: 32, depth: 32, own: [4, 4], quality: 0.5 },
  { rows: 32, columns: 32, depth: 32, own: [4, 4], quality: 0.42 },
  { rows: 128, columns: 16, depth: 16, own: [8, 4], quality: 0.3 },
  { rows: 16, columns: 128, depth: 16, own: [4, 8], quality: 0.3 },
  { rows: 32, columns: 16, depth: 32, own: [4, 4], quality: 0.2 },
  { rows: 16, columns: 32, depth: 32, own: [4, 4], quality: 0.2 },
];

export const threadsOf = ({ rows, columns, own }: Tile): number => (rows / own[0]) * (columns / own[1]);

/** Cores of a large GPU: fewer workgroups than this leave some idle. */
const cores = 128;
/** The fixed cost of filling and emptying a tile, as a number of terms of the sum. */
const overhead = 48;

/** The tile that should be fastest for a product of these sizes. */
export function chooseTile(m: number, n: number, k: number, batch: number, gpu: Gpu): Tile {
  let best: { tile: Tile; cost: number } | undefined;
  for (const { quality, ...form } of forms) {
    if ((form.rows / form.own[0]) * (form.columns / form.own[1]) > gpu.threads) continue;
    if (4 * (form.rows + form.columns) * form.depth > gpu.sharedBytes) continue;
    const tiles = Math.ceil(m / form.rows) * Math.ceil(n / form.columns) * batch;
    const most = tiles >= cores ? 1 : Math.max(1, Math.min(64, Math.floor(k / 256)));
    for (let splits = 1; splits <= most; splits *= 2) {
      const waves = Math.ceil((tiles * splits) / cores);
      const cost =
        (waves * form.rows * form.columns * (Math.ceil(k / splits / form.depth) * form.depth + overhead)) / quality +
        // Parts are written and read again, and cost another dispatch.
        (splits > 1 ? 3e5 + (splits * m * n * batch) / 4 : 0);
      if (!best || cost < best.cost) best = { tile: { ...form, splits }, cost };
    }
  }
  return best!.tile;
}
