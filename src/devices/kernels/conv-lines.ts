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
  tapsOf,
  times,
  unflatten,
} from './conv-geometry.ts';
import { copier } from './copy-columns.ts';
import type { KernelFunction, StoringMachine } from './machine.ts';
import type { RowOrder } from './tiled-product.ts';

/**
 * How windows are read where they overlap: the columns of x that neighbouring positions need are copied side by side,
 * with zeros around the image, and a row of a block begins `step` columns behind the one before.
 */
export interface Lines {
  /** Neighbouring positions of a line that a block has. */
  readonly positions: number;
  /** Lines that a block has: several whole ones, where they are short. */
  readonly together: number;
  /** Blocks in a line. */
  readonly blocks: number;
  /** Columns from a position to the next. */
  readonly step: number;
  /** Elements from a column of x to the next. */
  readonly apart: number;
  /** Columns that the positions of a block need. */
  readonly columns: number;
  /** Elements of a window that lie side by side: its taps along the line, and their channels. */
  readonly run: number;
}

/** The lines for blocks of at most so many rows, if windows slide along channels by whole columns. */
export function linesOf({ axes, inputs }: Patches, most: number): Lines | undefined {
  const { out, taps, line, tap, window } = axes.at(-1)!;
  if (inputs.x !== 1 && inputs.size !== 1) return undefined;
  if (window && (taps === 1 || window.spacing !== 1 || window.depthStep !== 1)) return undefined;
  const apart = taps === 1 ? line : tap;
  const step = taps === 1 ? 1 : (window?.lineStep ?? line / tap);
  if (!(apart > 0 && Number.isInteger(step) && step > 0 && step * apart === line)) return undefined;
  const together = Math.max(1, Math.floor(most / out));
  const positions = together > 1 ? out : fewRows(most, out);
  return {
    positions,
    together,
    blocks: Math.ceil(out / positions),
    step,
    apart,
    columns: (positions - 1) * step + taps,
    run: taps * inputs.size,
  };
}

/** How many lines of positions there are. */
export const lineCount = ({ axes, batch }: Patches): number => batch.size * product(outsOf(axes.slice(0, -1)));

/** Blocks of neighbouring positions of a line; the last one of a line may be partial. */
export function byLine({ axes }: Patches, { positions, blocks }: Lines): RowOrder {
  const { out } = axes.at(-1)!;
  const first = (tile: Local): Operand => op('i32.mul', op('i32.rem_u', tile, blocks), positions);
  return {
    count: (f, tile) => {
      const rest = f.let('i32', op('i32.sub', out, first(tile)));
      return select(positions, rest, op('i32.gt_s', rest, positions));
    },
    at: (_, tile, index) => plus(op('i32.mul', op('i32.div_u', tile, blocks), out), first(tile), index),
  };
}

/**
 * Writes a function `(source, target, row, rows, k0, count)` that copies the columns for blocks of rows:
 * target[block][taps of the other axes][line][column][channel].
 */
export function copyLines(machine: StoringMachine, name: string, spec: Patches, lines: Lines): KernelFunction {
  const { axes, batch, inputs } = spec;
  const { positions, together, step, apart, columns, blocks, run } = lines;
  const f = machine.func(name, Array(6).fill('i32'));
  const [source, target, row, rows, k0, count] = f.params as [Local, Local, Local, Local, Local, Local];
  const [others, last] = [axes.slice(0, -1), axes.at(-1)!];
  const int = (value: Operand = 0): Local => f.let('i32', value);
  const [low, high, tap, block, to] = [int(), int(), int(), int(), int()];
  const { copy, clear } = copier(machine, f, to, { low, high, columns, apart, channels: inputs.size });
  const height = positions * together;
  const pitch = 4 * columns * inputs.size;
  const [from, tapEnd] = [int(op('i32.div_u', k0, run)), int(op('i32.div_u', op('i32.add', k0, count), run))];
  const blockEnd = int(op('i32.div_u', op('i32.add', op('i32.add', row, rows), height - 1), height));

  /** The columns [low, high) of a block are those of x that its positions read. */
  const bound = (first: Operand): void => {
    f.set(low, 0);
    f.set(high, columns);
    const atMost = (limit: Local): void => f.set(high, select(limit, high, op('i32.lt_s', limit, high)));
    if (last.out % positions !== 0) atMost(int(plus(times(op('i32.sub', last.out - 1, first), step), last.taps)));
    if (!last.window) return;
    const origin = int(originOf(last, first));
    f.if(op('i32.lt_s', origin, 0), () => f.set(low, op('i32.sub', 0, origin)));
    f.if(op('i32.gt_s', low, columns), () => f.set(low, columns));
    atMost(int(op('i32.sub', last.window.size, origin)));
    f.set(high, select(high, low, op('i32.gt_s', high, low)));
  };
  const copyLine = (index: Operand, first: Operand, target: Local): void => {
    const [n, ...q] = unflatten(f, int(index), [batch.size, ...outsOf(others)]) as [Operand, ...Operand[]];
    const base = int(plus(source, times(n, 4 * batch.x), ...linesAt(others, q), times(first, 4 * last.line)));
    const origins = others.map((axis, d) => hold(f, originOf(axis, q[d]!)));
    bound(first);
    f.set(to, target);
    f.for(tap, from, tapEnd, 1, () => {
      f.scope(() => {
        const taps = unflatten(f, tap, tapsOf(others));
        const at = others.map((axis, d) =>
          locate(axis, hold(f, plus(origins[d]!, times(taps[d]!, axis.window?.depthStep ?? 0)))),
        );
        f.if(
          all(at.map(({ inside }) => inside)),
          () => copy(int(plus(base, ...offsets(others, taps), ...at.map(({ offset }) => offset)))),
          () => clear(columns),
        );
        f.increment(to, (together - 1) * pitch);
      });
    });
  };
  f.set(block, op('i32.div_u', row, height));
  f.for(block, block, blockEnd, 1, () => {
    f.scope(() => {
      if (together === 1) {
        const first = blocks === 1 ? 0 : int(op('i32.mul', op('i32.rem_u', block, blocks), positions));
        copyLine(blocks === 1 ? block : op('i32.div_u', block, blocks), first, target);
        f.set(target, to);
        return;
      }
      const [line, end, place] = [int(op('i32.mul', block, together)), int(), int(target)];
      // Lines behind the last one are not computed.
      f.set(end, op('i32.add', line, together));
      f.if(op('i32.gt_s', end, lineCount(spec)), () => f.set(end, lineCount(spec)));
      f.for(line, line, end, 1, () => {
        f.scope(() => copyLine(line, 0, place));
        f.increment(place, pitch);
      });
      f.increment(target, op('i32.mul', op('i32.sub', tapEnd, from), together * pitch));
    });
  });
  return f;
}
