import { groupOffset, groupsOf, packedWindow, rowsOf } from './conv.ts';
import { type Patches, plus, product, type Tail, tapsOf } from './conv-geometry.ts';
import { byLine, copyLines, lineCount, linesOf, type StoringMachine } from './conv-lines.ts';
import { type Block, packedSteps } from './machine.ts';
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
  if (!lines) return undefined;
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
      taken: { per: run, bytes: together * line },
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
