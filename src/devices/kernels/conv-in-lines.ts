import { op } from '../wasm/encoder/index.ts';
import { groupOffset, groupsOf, packedWindow, rowsOf } from './conv.ts';
import { outsOf, type Patches, plus, product, type Tail, tapsOf, times } from './conv-geometry.ts';
import { byLine, copyLines, lineCount, linesOf } from './conv-lines.ts';
import { byRun, copyFilterLines, filterLinesOf, filterSteps, placeOf } from './filter-lines.ts';
import { type Block, packedSteps, type StoringMachine } from './machine.ts';
import { kBlock, type ProductKernel, tiledProduct } from './tiled-product.ts';

/**
 * A product of patches that are read where they overlap, if they can be: of x, columns are copied side by side. For
 * machines with wide vectors, whose products take little longer than packing does.
 */
export function productInLines(
  machine: StoringMachine,
  name: string,
  spec: Patches,
  tail: Tail,
  { rows, vectors }: Block,
): ProductKernel | undefined {
  const lines = linesOf(spec, rows);
  if (!lines) return filterGradient(machine, name, spec, tail, rows, vectors);
  const { axes, inputs } = spec;
  const { positions, together, step, columns, run } = lines;
  const block = { rows: positions * together, vectors };
  const shape = { ...spec, groups: [], inputs: { ...inputs, w: 0 }, outputs: { size: 1, w: 0 } };
  const key = `lines ${block.rows} ${JSON.stringify({ ...shape, axes: axes.map((a) => ({ ...a, weight: 0 })) })}`;
  const copy = machine.once(key, () => copyLines(machine, `${name} lines`, shape, lines));
  const runs = product(tapsOf(axes.slice(0, -1)));
  const line = 4 * columns * inputs.size;
  const steps = {
    ...packedSteps(block, machine.lanes),
    aRow: 4 * step * inputs.size,
    aK: 4,
    ...(together > 1 && { aLine: { rows: positions, bytes: line } }),
    ...(runs > 1 && { aRun: { length: run, skip: together * line - 4 * run } }),
  };
  return tiledProduct(machine, {
    name,
    m: together > 1 ? rowsOf(spec) : lineCount(spec) * lines.blocks * positions,
    n: spec.outputs.size,
    k: runs * run,
    batch: groupsOf(spec),
    block,
    ...(lines.blocks > 1 && { rows: byLine(spec, lines) }),
    depth: Math.max(1, Math.floor(kBlock / run)) * run,
    a: {
      packed: true,
      place: {
        bytes: (blocks, count) => (blocks * count * together * line) / run,
        offset: (_, tile, first, count) => {
          const lines = typeof count === 'number' ? count / run : op('i32.div_u', count, run);
          return op('i32.mul', op('i32.sub', tile, first), times(lines, together * line));
        },
      },
      pack(f, at) {
        const source = plus(f.params[2], groupOffset(f, spec, at.batch, 'x'));
        f.call(copy, source, at.target, at.line, at.lines, at.k0, at.count);
      },
    },
    b: packedWindow(machine, spec, true, machine.lanes * vectors),
    kernel: () => machine.microKernel(block, steps),
    ...tail,
  });
}

/** With more channels, a line is much more than a block of rows needs: patches are packed. */
const fewChannels = 128;

/** The gradient with respect to a filter, with lines of x copied instead of patches, if channels are few. */
function filterGradient(
  machine: StoringMachine,
  name: string,
  spec: Patches,
  tail: Tail,
  most: number,
  vectors: number,
): ProductKernel | undefined {
  const { axes, batch, inputs } = spec;
  // Where channels of the sum lie side by side, the filter's elements are in another order.
  if (inputs.x === 1 || inputs.size === 1 || batch.size > fewChannels) return undefined;
  const lines = filterLinesOf(spec, most);
  if (!lines) return undefined;
  const block = { rows: lines.rows, vectors };
  const shape = { ...spec, groups: [], inputs: { ...inputs, w: 0 }, outputs: { size: 1, w: 0 } };
  const key = `filter lines ${block.rows} ${JSON.stringify({ ...shape, axes: axes.map((a) => ({ ...a, weight: 0 })) })}`;
  const copy = machine.once(key, () => copyFilterLines(machine, `${name} lines`, shape, lines));
  const { taps } = axes.at(-1)!;
  const steps = { ...packedSteps(block, machine.lanes), ...filterSteps(spec, lines) };
  return tiledProduct(machine, {
    name,
    m: product(outsOf(axes.slice(0, -1))) * lines.blocks * block.rows,
    n: spec.outputs.size,
    k: product(tapsOf(axes)) * inputs.size,
    batch: groupsOf(spec),
    block,
    rows: byRun(spec, lines),
    depth: Math.max(1, Math.floor(kBlock / taps)) * taps,
    a: {
      packed: true,
      place: placeOf(spec, lines),
      pack(f, at) {
        const source = plus(f.params[2], groupOffset(f, spec, at.batch, 'x'));
        f.call(copy, source, at.target, at.line, at.lines, at.k0, at.count);
      },
    },
    b: packedWindow(machine, spec, false, machine.lanes * vectors),
    kernel: () => machine.microKernel(block, steps),
    ...tail,
  });
}
