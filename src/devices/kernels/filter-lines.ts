import { type Local, type Operand, op, select } from '../wasm/encoder/index.ts';
import {
  all,
  fewRows,
  hold,
  lines as linesAt,
  locate,
  offsets,
  originOf,
  outsOf,
  type Patches,
  plus,
  product,
  type Slide,
  tapsOf,
  times,
  unflatten,
} from './conv-geometry.ts';
import { copier } from './copy-columns.ts';
import type { KernelFunction, StoringMachine } from './machine.ts';
import type { Place, RowOrder } from './tiled-product.ts';

/**
 * How the gradient with respect to a filter reads an image: rows are the filter's elements, in runs along its last axis
 * and the channels (n), which lie side by side in x; k runs over the positions of a line, line by line.
 */
export interface FilterLines {
  /** Rows of a block, and how many blocks a run has. */
  readonly rows: number;
  readonly blocks: number;
  /** Rows of a run. */
  readonly run: number;
  /** Elements from a column of x to the next. */
  readonly apart: number;
  /** Columns from a position of a line to the next. */
  readonly step: number;
  /** Columns of a line. */
  readonly columns: number;
}

/** The lines for blocks of at most so many rows, if channels lie side by side and the filter's columns too. */
export function filterLinesOf({ axes, batch }: Patches, most: number): FilterLines | undefined {
  if (batch.size > 1 && batch.x !== 1) return undefined;
  const { out, taps, line, tap, window } = axes.at(-1)!;
  if (window && (window.spacing !== 1 || (out > 1 && window.lineStep !== 1))) return undefined;
  const apart = out > 1 ? line : tap / (window?.depthStep ?? 1);
  const step = taps > 1 ? tap / apart : 1;
  if (!(apart >= batch.size && Number.isInteger(apart) && Number.isInteger(step) && step > 0)) return undefined;
  if (window && taps > 1 && window.depthStep !== step) return undefined;
  const run = out * batch.size;
  const rows = fewRows(most, run);
  return { rows, blocks: Math.ceil(run / rows), run, apart, step, columns: (taps - 1) * step + out };
}

/** Blocks run by run; outputs count (n, q). */
export function byRun({ axes, batch }: Patches, { rows, blocks, run }: FilterLines): RowOrder {
  const positions = product(outsOf(axes));
  const { out } = axes.at(-1)!;
  const first = (tile: Local): Operand => (blocks === 1 ? 0 : op('i32.mul', op('i32.rem_u', tile, blocks), rows));
  return {
    count: (f, tile) => {
      if (run % rows === 0) return rows;
      const rest = f.let('i32', op('i32.sub', run, first(tile)));
      return select(rows, rest, op('i32.gt_s', rest, rows));
    },
    at: (f, tile, index) => {
      const [q, n] = unflatten(f, f.let('i32', plus(first(tile), index)), [out, batch.size]) as [Operand, Operand];
      return plus(times(n, positions), times(blocks === 1 ? tile : op('i32.div_u', tile, blocks), out), q);
    },
  };
}

const pitchOf = ({ columns }: FilterLines, channels: number): number => 4 * columns * channels;

/** Blocks of a run read the same lines, each from its first row on. */
export function placeOf({ axes, batch }: Patches, lines: FilterLines): Place {
  const { rows, blocks } = lines;
  const { taps } = axes.at(-1)!;
  const pitch = pitchOf(lines, batch.size);
  const runs = product(outsOf(axes.slice(0, -1)));
  return {
    // The last block of a run may read past its rows.
    bytes: (some, count) => Math.min(runs, Math.ceil((some - 1) / blocks) + 1) * (count / taps) * pitch + 4 * rows,
    offset: (f, tile, first, count) => {
      const bytes = op('i32.mul', typeof count === 'number' ? count / taps : op('i32.div_u', count, taps), pitch);
      if (blocks === 1) return op('i32.mul', op('i32.sub', tile, first), bytes);
      const run = f.let('i32', op('i32.div_u', tile, blocks));
      const place = f.let('i32', op('i32.mul', op('i32.sub', run, op('i32.div_u', first, blocks)), bytes));
      return plus(place, op('i32.mul', op('i32.rem_u', tile, blocks), 4 * rows));
    },
  };
}

/** Writes a function `(source, target, row, rows, k0, count)` that copies the lines for blocks: target[run][line][column][channel]. */
export function copyFilterLines(
  machine: StoringMachine,
  name: string,
  spec: Patches,
  lines: FilterLines,
): KernelFunction {
  const { axes, batch, inputs } = spec;
  const { apart, columns } = lines;
  const f = machine.func(name, Array(6).fill('i32'));
  const [source, target, row, rows, k0, count] = f.params as [Local, Local, Local, Local, Local, Local];
  const [others, last] = [axes.slice(0, -1), axes.at(-1) as Slide];
  const int = (value: Operand = 0): Local => f.let('i32', value);
  // Columns before `low` and from `high` on lie outside of the image.
  const { low: before = 0, size = columns } = last.window ?? {};
  const low = Math.min(columns, Math.max(0, before));
  const high = Math.max(low, Math.min(columns, size + before));
  const { copy, clear } = copier(machine, f, target, { low, high, columns, apart, channels: batch.size });
  const height = lines.rows * lines.blocks;
  const [run, line] = [int(op('i32.div_u', row, height)), int()];
  const end = int(op('i32.div_u', op('i32.add', op('i32.add', row, rows), height - 1), height));
  const from = int(op('i32.div_u', k0, last.taps));
  const to = int(op('i32.div_u', op('i32.add', k0, count), last.taps));
  f.for(run, run, end, 1, () => {
    f.scope(() => {
      const q = unflatten(f, run, outsOf(others));
      const base = int(plus(source, ...linesAt(others, q)));
      const origins = others.map((axis, d) => hold(f, originOf(axis, q[d]!)));
      f.for(line, from, to, 1, () => {
        f.scope(() => {
          const [n, ...taps] = unflatten(f, line, [inputs.size, ...tapsOf(others)]) as [Operand, ...Operand[]];
          const at = others.map((axis, d) =>
            locate(axis, hold(f, plus(origins[d]!, times(taps[d]!, axis.window?.depthStep ?? 0)))),
          );
          f.if(
            all(at.map(({ inside }) => inside)),
            () => copy(int(plus(base, times(n, 4 * inputs.x), ...offsets(others, taps), ...at.map((a) => a.offset)))),
            () => clear(columns),
          );
        });
      });
    });
  });
  return f;
}

/** The steps of its kernels through the copied lines. */
export function filterSteps({ axes, batch }: Patches, lines: FilterLines) {
  const { taps } = axes.at(-1)!;
  const aK = 4 * lines.step * batch.size;
  return { aRow: 4, aK, aRun: { length: taps, skip: pitchOf(lines, batch.size) - taps * aK } };
}
