import { type FunctionBuilder, type Local, type ModuleBuilder, op, select } from '../encoder/index.ts';
import { type ConvAxis, type ConvSpec, plus, product, times, unflatten } from './conv-geometry.ts';
import { packByBatch, packByChannels, packElements } from './conv-pack.ts';
import { phases } from './conv-phases.ts';
import { depthwise, isDepthwise } from './depthwise.ts';
import { matmul } from './matmul.ts';
import { type Block, largeBlock, microKernel, packedSteps } from './micro-kernel.ts';
import { packer } from './pack.ts';
import { type Epilogue, kBlock, type ProductKernel, type RowOrder, type Side, tiledProduct } from './tiled-product.ts';

/**
 * A convolution for these sizes: a function `(threadIndex, threadCount, x, w, workspace, ...extra)`, called by every
 * thread, and the bytes of workspace it needs. It is a matrix product of patches of x, packed block by block and never
 * all at once, with w; depthwise ones are computed directly, and windows of one element are plain matrix products.
 */
export function conv(module: ModuleBuilder, name: string, spec: ConvSpec): ProductKernel {
  if (spec.axes.length === 0) return conv(module, name, { ...spec, axes: [pointAxis] });
  const parts = phases(spec);
  if (parts) return inTurn(module, name, spec, parts);
  if (spec.axes.some((axis) => axis.w === 0)) return nothing(module, name, spec);
  if (isDepthwise(spec)) return depthwise(module, name, spec);
  return plainProduct(module, name, spec) ?? patchProduct(module, name, spec);
}

const pointAxis: ConvAxis = {
  x: 1,
  w: 1,
  out: 1,
  stride: 1,
  dilation: 1,
  inputDilation: 1,
  low: 0,
  xStride: 0,
  wStride: 0,
};

/** One after the other the convolutions that make up a whole. */
function inTurn(module: ModuleBuilder, name: string, spec: ConvSpec, parts: readonly ConvSpec[]): ProductKernel {
  const kernels = parts.map((part, i) => conv(module, `${name} phase ${i}`, part));
  const f = module.func(name, Array(5 + spec.extra).fill('i32'));
  const [threadIndex, threadCount, x, w, workspace, ...extra] = f.params as [
    Local,
    Local,
    Local,
    Local,
    Local,
    ...Local[],
  ];
  // Threads may be in different parts at a time: each part has a workspace of its own, of the size for all threads.
  for (const kernel of kernels) {
    f.call(kernel.function, threadIndex, threadCount, x, w, workspace, ...extra);
    const [none, one] = [kernel.workspace(0), kernel.workspace(1)];
    f.increment(workspace, plus(none, times(threadCount, one - none)));
  }
  return {
    function: f,
    workspace: (threads) => kernels.reduce((sum, kernel) => sum + kernel.workspace(threads), 0),
  };
}

/** The outputs that no tap reaches: zeros. */
function nothing(module: ModuleBuilder, name: string, spec: ConvSpec): ProductKernel {
  const block = chooseBlock(spec.outputs);
  const side: Side = { packed: false, base: (f) => f.push(0), across: 0, along: 0 };
  return tiledProduct(module, {
    name,
    m: spec.batch * product(spec.axes.map((a) => a.out)),
    n: spec.outputs,
    k: 0,
    batch: spec.groups,
    block,
    a: side,
    b: side,
    kernel: (rows) => microKernel(module, { ...block, rows }, { aRow: 0, aK: 0, bK: 0 }),
    extra: spec.extra,
    epilogue: acrossGroups(spec),
  });
}

/** Lets `column` count the channels of all groups. */
function acrossGroups({ groups, outputs, epilogue }: ConvSpec): Epilogue {
  if (groups === 1) return epilogue;
  return (f, out) => {
    const column = f.let('i32', op('i32.add', out.column, op('i32.mul', out.batch, outputs)));
    epilogue(f, { ...out, column });
  };
}

/** The convolution as a product of x as it lies with w, if each output position sees just its own element of x. */
function plainProduct(module: ModuleBuilder, name: string, spec: ConvSpec): ProductKernel | undefined {
  const { axes, batch, x, w } = spec;
  // Outputs beyond the last element of x are zeros, which do not lie there.
  const isPoint = (a: ConvAxis) => a.w === 1 && a.inputDilation === 1 && a.low === 0 && (a.out - 1) * a.stride < a.x;
  if (!axes.every(isPoint) || w.start) return undefined;
  // The positions must be evenly spaced: one row stride for all.
  const rows = [
    { size: batch, stride: x.batch },
    ...axes.map((a) => ({ size: a.out, stride: a.stride * a.xStride })),
  ].filter((axis) => axis.size > 1);
  for (let i = 1; i < rows.length; i++) if (rows[i - 1]!.stride !== rows[i]!.stride * rows[i]!.size) return undefined;
  return matmul(module, name, {
    m: batch * product(axes.map((a) => a.out)),
    n: spec.outputs,
    k: spec.inputs,
    a: { row: rows.at(-1)?.stride ?? 1, column: x.channel },
    b: { row: w.input, column: w.output },
    batch: spec.groups > 1 ? [{ size: spec.groups, a: x.group, b: w.group }] : [],
    extra: spec.extra,
    epilogue: acrossGroups(spec),
  });
}

function patchProduct(module: ModuleBuilder, name: string, spec: ConvSpec): ProductKernel {
  const { axes, batch, groups, inputs, outputs, x } = spec;
  const positions = product(axes.map((a) => a.out));
  const taps = product(axes.map((a) => a.w));
  const byChannels = x.channel === 1 || inputs === 1;
  const byBatch = !byChannels && x.batch === 1 && batch > 1;
  const block = byBatch ? fewRows(chooseBlock(outputs), batch) : chooseBlock(outputs);
  const { rows } = block;
  const width = 4 * block.vectors;
  const write = byChannels ? packByChannels : byBatch ? packByBatch : packElements;
  // Convolutions of the same shape pack in the same way.
  const shape = { batch, inputs, axes, x: { ...x, channel: inputs === 1 ? 1 : x.channel } };
  const key = `patches ${byChannels} ${byBatch} ${rows} ${JSON.stringify(shape)}`;
  const pack = module.once(key, () => write(module, `${name} patches`, shape, rows));
  const blocks = Math.ceil(batch / rows);
  // The zeros that stand for what is outside x come first in the workspace of each thread.
  const zeroBytes = Math.ceil((4 * Math.max(byChannels ? inputs : 0, rows) + 16) / 64) * 64;
  let zeros: Local | undefined;
  const a: Side = {
    packed: true,
    begin(f, own) {
      zeros = f.let('i32', own);
      f.memoryFill(zeros, 0, zeroBytes);
    },
    ownBytes: zeroBytes,
    pack(f, at) {
      const source = plus(f.params[2]!, times(groups > 1 ? at.batch : 0, 4 * x.group));
      f.call(pack, source, at.target, at.line, at.lines, at.k0, at.count, zeros!);
    },
  };
  const inner = byChannels ? inputs : axes.at(-1)!.w;
  const k = taps * inputs;
  return tiledProduct(module, {
    name,
    m: byBatch ? positions * blocks * rows : batch * positions,
    n: outputs,
    k,
    batch: groups,
    block,
    ...(byBatch ? { rows: byPosition(batch, positions, rows) } : {}),
    depth: Math.max(1, Math.floor(kBlock / inner)) * inner,
    a,
    b: packedWindow(module, spec, byChannels, width),
    kernel: () => microKernel(module, block, packedSteps(block)),
    extra: spec.extra,
    epilogue: acrossGroups(spec),
  });
}

function chooseBlock(outputs: number): Block {
  const vectors = Math.ceil(outputs / 4);
  if (vectors === 1) return { rows: 8, vectors: 1 };
  if (vectors === 3) return { rows: 3, vectors: 3 };
  return largeBlock();
}

/** A block with as many rows, or a few less where that leaves fewer of them empty: `count` rows are needed at a time. */
function fewRows(block: Block, count: number): Block {
  // Besides its rows, a block costs about half a row's work.
  const cost = (rows: number) => Math.ceil(count / rows) * (rows + 0.5);
  let { rows } = block;
  for (let fewer = rows - 1; fewer >= Math.min(3, count); fewer--) if (cost(fewer) < cost(rows)) rows = fewer;
  return { ...block, rows };
}

/** Blocks of neighbours in the batch, position by position; outputs still count (n, q). */
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

/** w as the matrix [k, o], packed; k in the order in which the patches are packed. */
function packedWindow(module: ModuleBuilder, spec: ConvSpec, byChannels: boolean, width: number): Side {
  const { axes, w } = spec;
  const channel = { size: spec.inputs, step: w.input };
  const taps = axes.map((a) => ({ size: a.w, step: a.flip ? -a.wStride : a.wStride }));
  const start = axes.reduce((sum, a) => sum + (a.flip ? (a.w - 1) * a.wStride : 0), w.start ?? 0);
  // Neighbouring axes that are evenly spaced together are one.
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
  const lie = { across: 4 * w.output, along: 4 * inner.step };
  return {
    packed: true,
    pack(f: FunctionBuilder, at) {
      const run = f.local('i32');
      const base = f.let(
        'i32',
        plus(f.params[3]!, 4 * start, times(spec.groups > 1 ? at.batch : 0, 4 * w.group), times(at.line, lie.across)),
      );
      const target = f.let('i32', at.target);
      f.for(run, 0, count, 1, () => {
        f.scope(() => {
          const indices = unflatten(
            f,
            run,
            runs.map((r) => r.size),
          );
          const source = plus(base, ...indices.map((index, i) => times(index, 4 * runs[i]!.step)));
          const panel = op('i32.mul', at.count, 4 * width);
          f.call(packer(module, width, lie), source, target, at.lines, inner.size, lie.across, lie.along, panel);
          f.increment(target, 4 * width * inner.size);
        });
      });
    },
  };
}
