import { type Local, type Operand, op, select } from '../wasm/encoder/index.ts';
import { fewRows, outsOf, type Patches, plus, product, type Tail, tapsOf, times, unflatten } from './conv-geometry.ts';
import { packByBatch, packByChannels, packElements } from './conv-pack.ts';
import { type Block, type KernelFunction, type KernelMachine, packedSteps } from './machine.ts';
import { packer } from './pack.ts';
import { kBlock, type ProductKernel, type RowOrder, type Side, tiledProduct } from './tiled-product.ts';

export const groupsOf = ({ groups }: Patches): number => product(groups.map(({ size }) => size));
export const rowsOf = ({ batch, axes }: Patches): number => batch.size * product(outsOf(axes));

/** A product with empty sums: its outputs are zeros. */
export function nothing(machine: KernelMachine, name: string, spec: Patches, tail: Tail): ProductKernel {
  const block = machine.blockFor(many, spec.outputs.size);
  const side: Side = { packed: false, base: () => 0, across: 0, along: 0 };
  return tiledProduct(machine, {
    name,
    m: rowsOf(spec),
    n: spec.outputs.size,
    k: 0,
    batch: groupsOf(spec),
    block,
    a: side,
    b: side,
    kernel: (rows) => machine.microKernel({ ...block, rows }, { aRow: 0, aK: 0, bK: 0 }),
    ...tail,
  });
}

/** A machine that may read windows in a way of its own; pages need not carry it. */
export interface WindowMachine extends KernelMachine {
  inLines?(name: string, spec: Patches, tail: Tail, chosen: Block): ProductKernel | undefined;
}

/**
 * A product whose first operand is read through windows: a function `(threadIndex, threadCount, x, w, workspace,
 * ...extra)`, called by every thread, and the bytes of workspace it needs. Patches of x are packed block by block,
 * never all at once.
 */
export function patchProduct(machine: WindowMachine, name: string, spec: Patches, tail: Tail): ProductKernel {
  const { axes, batch, inputs } = spec;
  const outputs = spec.outputs.size;
  const positions = product(outsOf(axes));
  const byChannels = inputs.x === 1 || inputs.size === 1;
  const byBatch = !byChannels && batch.x === 1 && batch.size > 1;
  const chosen = machine.blockFor(many, outputs);
  const inLines = machine.inLines?.(name, spec, tail, chosen);
  if (inLines) return inLines;
  const block = byBatch ? { ...chosen, rows: fewRows(chosen.rows, batch.size) } : chosen;
  const { rows } = block;
  const width = machine.lanes * block.vectors;
  // Blocks for wide vectors have more rows than there are registers for their addresses: four are packed at a time.
  const height = byChannels && machine.lanes > 4 ? 4 : rows;
  const write = byChannels ? packByChannels : byBatch ? packByBatch : packElements;
  // Products of the same shape share their packing functions.
  const shape = { ...spec, groups: [], inputs: { ...inputs, w: 0 }, outputs: { size: 1, w: 0 } };
  const key = `patches ${byChannels} ${byBatch} ${rows} ${JSON.stringify({ ...shape, axes: axes.map((a) => ({ ...a, weight: 0 })) })}`;
  const pack = machine.once(key, () => write(machine, `${name} patches`, shape, rows, height));
  const blocks = Math.ceil(batch.size / rows);
  // Each thread's workspace begins with the zeros that stand for elements outside x.
  const zeroBytes = Math.ceil((4 * Math.max(byChannels ? inputs.size : 0, rows) + 16) / 64) * 64;
  let zeros: Local | undefined;
  const a: Side = {
    packed: true,
    begin(f, own) {
      zeros = f.let('i32', own);
      f.memoryFill(zeros, 0, zeroBytes);
    },
    ownBytes: zeroBytes,
    pack(f, at) {
      const source = plus(f.params[2], groupOffset(f, spec, at.batch, 'x'));
      for (let row = 0; row < rows; row += height) {
        // The last ones may overlap.
        const first = Math.min(row, rows - height);
        f.call(pack, source, plus(at.target, 4 * first), plus(at.line, first), at.lines, at.k0, at.count, zeros!);
      }
    },
  };
  const inner = byChannels ? inputs.size : axes.at(-1)!.taps;
  return tiledProduct(machine, {
    name,
    m: byBatch ? positions * blocks * rows : rowsOf(spec),
    n: outputs,
    k: product(tapsOf(axes)) * inputs.size,
    batch: groupsOf(spec),
    block,
    ...(byBatch ? { rows: byPosition(batch.size, positions, rows) } : {}),
    depth: Math.max(1, Math.floor(kBlock / inner)) * inner,
    a,
    b: packedWindow(machine, spec, byChannels, width),
    kernel: () => machine.microKernel(block, packedSteps(block, machine.lanes)),
    ...tail,
  });
}

/** Byte offset of an operand of independent product `index`, relative to the first. */
export function groupOffset(f: KernelFunction, { groups }: Patches, index: Local, side: 'x' | 'w'): Operand {
  const at = unflatten(
    f,
    index,
    groups.map(({ size }) => size),
  );
  return plus(...groups.map((group, d) => times(at[d], 4 * group[side])));
}

/** At least this many positions per window count as many. */
const many = 100;

/** Blocks of consecutive batch entries, position by position; output rows still count (n, q). */
function byPosition(batch: number, positions: number, rows: number): RowOrder {
  const blocks = Math.ceil(batch / rows);
  const first = (tile: Local) => op('i32.mul', op('i32.rem_u', tile, blocks), rows);
  return {
    count: (f, tile) => {
      const rest = f.let('i32', op('i32.sub', batch, first(tile)));
      return select(rows, rest, op('i32.gt_s', rest, rows));
    },
    at: (_, tile, index) =>
      op('i32.add', op('i32.mul', op('i32.add', first(tile), index), positions), op('i32.div_u', tile, blocks)),
  };
}

/** w as a packed matrix [k, o], with k in the order in which the patches are packed. */
export function packedWindow(machine: KernelMachine, spec: Patches, byChannels: boolean, width: number): Side {
  const { axes, inputs, outputs } = spec;
  const channel = { size: inputs.size, step: inputs.w };
  const taps = axes.map((a) => ({ size: a.taps, step: a.weight }));
  // Merge neighbouring axes that are evenly spaced together.
  const runs: { size: number; step: number }[] = [];
  for (const axis of byChannels ? [...taps, channel] : [channel, ...taps]) {
    const before = runs.at(-1);
    if (axis.size === 1) continue;
    if (before && before.step === axis.step * axis.size)
      runs[runs.length - 1] = { size: before.size * axis.size, step: axis.step };
    else runs.push(axis);
  }
  const inner = runs.pop() ?? { size: 1, step: 1 };
  const count = product(runs.map((r) => r.size));
  const lie = { across: 4 * outputs.w, along: 4 * inner.step };
  return {
    packed: true,
    pack(f, at) {
      const run = f.local('i32');
      const base = f.let('i32', plus(f.params[3], groupOffset(f, spec, at.batch, 'w'), times(at.line, lie.across)));
      const target = f.let('i32', at.target);
      f.for(run, 0, count, 1, () => {
        f.scope(() => {
          const indices = unflatten(
            f,
            run,
            runs.map((r) => r.size),
          );
          const source = plus(base, ...indices.map((index, i) => times(index, 4 * runs[i].step)));
          const panel = op('i32.mul', at.count, 4 * width);
          f.call(packer(machine, width, lie), source, target, at.lines, inner.size, lie.across, lie.along, panel);
          f.increment(target, 4 * width * inner.size);
        });
      });
    },
  };
}
