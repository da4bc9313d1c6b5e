import { atomic, type Callable, type Local, load, type Operand, op, select } from '../wasm/encoder/index.ts';
import type { Block, KernelFunction, KernelMachine } from './machine.ts';
import { partOf } from './part.ts';

/** A vector of finished outputs (or only `lanes` of them, at the end of a row) before it is stored. */
export interface Output {
  /** Adjacent outputs, starting at [row, column]. */
  readonly value: Local;
  /** i32 locals. */
  readonly row: Local;
  readonly column: Local;
  readonly batch: Local;
  /** How many lanes of `value` are outputs. */
  readonly lanes: number;
  /** The function's further i32 parameters, e.g. the addresses of the output and of a bias. */
  readonly extra: readonly Local[];
}

/** Writes the code that finishes outputs: bias, activation, store. It may change `value`. */
export type Epilogue = (f: KernelFunction, output: Output) => void;

/** An operand, either packed into panels first or read in place. */
export type Side =
  | {
      readonly packed: true;
      /** Packs `lines` lines, starting at line `line` and with k from `k0` to `k0 + count`, to `target`. */
      pack(f: KernelFunction, at: PackRequest): void;
      /** Emitted once at the start of the function, given the address of `ownBytes` bytes private to the thread. */
      begin?(f: KernelFunction, own: Local): void;
      readonly ownBytes?: number;
      /** Where packed blocks lie, unless one behind the other with nothing but their elements. */
      readonly place?: Place;
    }
  | {
      readonly packed: false;
      /** Address of the operand's first element in a batch. */
      base(f: KernelFunction, batch: Local): Operand;
      /** Bytes from a line to the next and from k to k + 1. */
      readonly across: number;
      readonly along: number;
    };

export interface Place {
  /** Bytes that so many neighbouring blocks take for so many values of k. */
  bytes(blocks: number, count: number): number;
  /** Byte offset of block `tile` where `first` is the first one that was packed. */
  offset(f: KernelFunction, tile: Local, first: Local, count: Operand): Operand;
}

export interface PackRequest {
  readonly batch: Local;
  readonly target: Operand;
  readonly line: Local;
  readonly lines: Local;
  readonly k0: Operand;
  readonly count: Operand;
}

export interface Product {
  readonly name: string;
  /** The product's sizes: output rows, output columns, length of the sums, number of independent products. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly batch: number;
  readonly block: Block;
  /** Columns of a block: whole vectors, or fewer for kernels that cannot read past the last column. */
  readonly width?: number;
  readonly a: Side;
  readonly b: Side;
  /** How rows of blocks map to output rows, if not simply in order. `m` then includes padding rows. */
  readonly rows?: RowOrder;
  /** Values of k per pass, if k may not be split at arbitrary places. */
  readonly depth?: number;
  /** The kernel for a block of so many rows and columns. */
  kernel(rows: number, columns: number): Callable;
  /** Number of further i32 parameters. */
  readonly extra: number;
  readonly epilogue: Epilogue;
}

export interface RowOrder {
  /** How many of the rows of block `tile` are outputs. */
  count(f: KernelFunction, tile: Local): Operand;
  /** The output row of row `index` (below that count) of block `tile`. */
  at(f: KernelFunction, tile: Local, index: Local): Operand;
}

/** A function `(threadIndex, threadCount, a, b, workspace, ...extra)` and the workspace it needs. */
export interface ProductKernel {
  readonly function: KernelFunction;
  /** Bytes of workspace for so many threads. */
  workspace(threadCount: number): number;
}

/** The most values of k per pass: a panel of B stays in the L1 cache. */
export const kBlock = 768;
/** Rows of A, and columns of B when sums are kept over several passes: blocks stay in the L2 cache. */
const rowBlock = 96;
const columnBlock = 256;
const align = (bytes: number) => Math.ceil(bytes / 64) * 64;
const min = (f: KernelFunction, target: Local, a: Operand, b: Operand) => {
  f.set(target, select(a, b, op('i32.lt_s', a, b)));
};

/**
 * out[i, j] = sum over k of A[i, k] B[k, j], block by block, for every product of a batch. Threads share the rows, or
 * the columns where there are more of those; when all of B is packed, they wait for each other at a barrier inside.
 */
export function tiledProduct(machine: KernelMachine, product: Product): ProductKernel {
  const { m, n, k, batch, block, a, b } = product;
  const { lanes } = machine;
  const width = product.width ?? lanes * block.vectors;
  const rowTiles = Math.ceil(m / block.rows);
  const panels = Math.ceil(n / width);
  const splitRows = batch * rowTiles >= Math.min(32, panels);
  const depth = Math.min(k, product.depth ?? Math.ceil(k / Math.max(1, Math.ceil(k / kBlock))));
  const goes = k === 0 ? 1 : Math.ceil(k / depth);
  const blockTiles = Math.min(rowTiles, Math.max(1, Math.floor(rowBlock / block.rows)));
  const blockPanels = goes === 1 ? panels : Math.min(panels, Math.max(1, Math.floor(columnBlock / width)));
  const vectorBytes = 4 * lanes;
  const tileBytes = block.rows * block.vectors * vectorBytes;
  const panelBytes = width * k * 4;
  const bytes = 4 * block.rows;
  const place: Place = (a.packed && a.place) || {
    bytes: (blocks, count) => bytes * blocks * count,
    offset: (_, tile, first, count) =>
      op(
        'i32.mul',
        op('i32.sub', tile, first),
        typeof count === 'number' ? bytes * count : op('i32.mul', count, bytes),
      ),
  };

  // B is packed once for all threads, unless each thread needs a different one.
  const ownB = b.packed && splitRows && batch > 1;
  const bBytes = b.packed ? align(panels * panelBytes + 64) : 0;
  const aBytes = a.packed ? align(place.bytes(blockTiles, depth) + 64) : 0;
  const tilesBytes = align(goes === 1 ? tileBytes : tileBytes * blockTiles * blockPanels);
  // Threads take rows dynamically, so that a slow core holds up no other, unless the work is small or B belongs to a
  // batch.
  const asTimePermits = splitRows && !ownB && m * n * k * batch > 2 ** 22;
  const counterAt = ownB ? 0 : bBytes;
  const sharedBytes = counterAt + (asTimePermits ? 64 : 0);
  const sideBytes = a.packed ? align(a.ownBytes ?? 0) : 0;
  const ownBytes = sideBytes + aBytes + tilesBytes + (ownB ? bBytes : 0);

  const f = machine.func(product.name, [
    'i32',
    'i32',
    'i32',
    'i32',
    'i32',
    ...Array(product.extra).fill('i32' as const),
  ]);
  const [threadIndex, threadCount, , , workspace] = f.params as [Local, Local, Local, Local, Local];
  const int = () => f.local('i32');
  const own = f.let('i32', op('i32.add', workspace, op('i32.mul', threadIndex, ownBytes)));
  f.increment(own, sharedBytes);
  if (a.packed) a.begin?.(f, own);
  const packedA = f.let('i32', op('i32.add', own, sideBytes));
  const tiles = f.let('i32', op('i32.add', packedA, aBytes));
  const packedB = ownB ? f.let('i32', op('i32.add', tiles, tilesBytes)) : workspace;
  const batchIndex = f.let('i32', 0);
  const zero = f.let('i32', 0);

  /** [from, to) of this thread's share of `total` things. */
  const share = (total: number): [Local, Local] => partOf(f, total, threadIndex, threadCount);
  const packPanels = (from: Local, to: Local) => {
    if (!b.packed) return;
    f.if(op('i32.lt_s', from, to), () => {
      const line = f.let('i32', op('i32.mul', from, width));
      const lines = int();
      min(f, lines, op('i32.mul', to, width), n);
      f.set(lines, op('i32.sub', lines, line));
      const target = op('i32.add', packedB, op('i32.mul', from, panelBytes));
      b.pack(f, { batch: batchIndex, target, line, lines, k0: 0, count: k });
    });
  };

  const tile = int();
  const aBase = a.packed ? undefined : int();
  const bBase = b.packed ? undefined : int();
  const sums = goes === 1 ? tiles : int();
  const panel = int();

  /** Gives one finished tile to the epilogue. */
  const finish = () => {
    f.scope(() => {
      const order = product.rows ?? inOrder(m, block.rows);
      const index = int();
      const row = int();
      const rowCount = f.let('i32', order.count(f, tile));
      const first = f.let('i32', op('i32.mul', panel, width));
      const column = int();
      const at = f.let('i32', sums);
      const extra = f.params.slice(5);
      const out = (count: number, offset: number) =>
        f.scope(() => {
          const value = machine.vector(f);
          machine.load(f, value, at, offset);
          product.epilogue(f, { value, row, column, batch: batchIndex, lanes: count, extra });
        });
      const rest = n % lanes;
      const whole = n - rest;
      const even = n % width === 0 && width % lanes === 0 && block.vectors <= 3;
      const columnEnd = even || width < lanes ? undefined : int();
      if (columnEnd) min(f, columnEnd, op('i32.add', first, width), whole);
      f.for(index, 0, rowCount, 1, () => {
        f.set(row, order.at(f, tile, index));
        f.set(column, first);
        if (even) {
          for (let v = 0; v < block.vectors; v++) {
            if (v > 0) f.increment(column, lanes);
            out(lanes, vectorBytes * v);
          }
        } else {
          if (columnEnd && whole > 0) {
            const offset = f.let('i32', at);
            f.for(column, first, columnEnd, lanes, () => {
              out(lanes, 0);
              f.increment(at, vectorBytes);
            });
            if (rest) f.if(op('i32.gt_s', op('i32.add', first, width), whole), () => out(rest, 0));
            f.set(at, offset);
          } else out(rest, 0);
        }
        f.increment(at, vectorBytes * block.vectors);
      });
    });
  };

  /** Rows tiles [r0, r1) times panels [c0, c1) of one product. */
  const multiply = (r0: Local, r1: Local, c0: Local, c1: Operand) => {
    if (!a.packed) f.set(aBase!, a.base(f, batchIndex));
    if (!b.packed) f.set(bBase!, b.base(f, batchIndex));
    const go = (k0: Local, count: Operand, from: Local, to: Operand, last: Operand) => {
      if (a.packed) {
        f.scope(() => {
          const line = f.let('i32', op('i32.mul', r0, block.rows));
          const lines = int();
          min(f, lines, op('i32.mul', r1, block.rows), m);
          f.set(lines, op('i32.sub', lines, line));
          a.pack(f, { batch: batchIndex, target: packedA, line, lines, k0, count });
        });
      }
      if (goes > 1) f.set(sums, tiles);
      f.for(panel, from, to, 1, () => {
        f.for(tile, r0, r1, 1, () => {
          f.scope(() => {
            const pa = int();
            const pb = int();
            // Packed tiles are as long as this pass, unpacked ones keep their strides.
            if (a.packed) f.set(pa, op('i32.add', packedA, place.offset(f, tile, r0, count)));
            else {
              f.set(pa, op('i32.add', aBase!, op('i32.mul', tile, block.rows * a.across)));
              f.set(pa, op('i32.add', pa, op('i32.mul', k0, a.along)));
            }
            if (b.packed) {
              f.set(pb, op('i32.add', packedB, op('i32.mul', panel, panelBytes)));
              f.set(pb, op('i32.add', pb, op('i32.mul', k0, 4 * width)));
            } else {
              f.set(pb, op('i32.add', bBase!, op('i32.mul', panel, width * b.across)));
              f.set(pb, op('i32.add', pb, op('i32.mul', k0, b.along)));
            }
            callKernel(pa, pb, count, k0);
          });
          if (goes === 1) finish();
          else {
            f.if(last, finish);
            f.increment(sums, tileBytes);
          }
        });
      });
    };
    if (goes === 1) {
      go(zero, k, c0, c1, 1);
      return;
    }
    const from = int();
    const to = int();
    const k0 = int();
    const count = int();
    f.for(from, c0, c1, blockPanels, () => {
      min(f, to, op('i32.add', from, blockPanels), c1);
      f.for(k0, 0, k, depth, () => {
        min(f, count, depth, op('i32.sub', k, k0));
        go(k0, count, from, to, op('i32.ge_s', op('i32.add', k0, depth), k));
      });
    });
  };

  /** Packed operands are padded to whole blocks; others need kernels sized for the remainder. */
  const callKernel = (pa: Local, pb: Local, count: Operand, k0: Local) => {
    const call = (rows: number, columns: number) =>
      f.call(product.kernel(rows, columns), pa, pb, sums, count, goes === 1 ? 0 : k0);
    const restRows = a.packed ? 0 : m % block.rows;
    const restColumns = product.width === undefined ? 0 : n % width;
    const byRows = (columns: number) => {
      if (restRows === 0) call(block.rows, columns);
      else if (m < block.rows) call(restRows, columns);
      else
        f.if(
          op('i32.lt_s', tile, rowTiles - 1),
          () => call(block.rows, columns),
          () => call(restRows, columns),
        );
    };
    if (restColumns === 0) byRows(width);
    else if (n < width) byRows(restColumns);
    else
      f.if(
        op('i32.lt_s', panel, panels - 1),
        () => byRows(width),
        () => byRows(restColumns),
      );
  };

  const r0 = int();
  const r1 = int();
  if (splitRows) {
    if (b.packed && !ownB) f.scope(() => packPanels(...share(panels)));
    if (asTimePermits) f.if(op('i32.eqz', threadIndex), () => f.store('i32.store', workspace, 0, counterAt));
    if (asTimePermits || (b.packed && !ownB)) machine.barrier(f, threadIndex, threadCount);
    const [position, end] = asTimePermits ? [int(), int()] : share(batch * rowTiles);
    const packedBatch = ownB ? f.let('i32', -1) : undefined;
    const allPanels = f.let('i32', panels);
    const work = () =>
      f.block((done) => {
        f.loop((again) => {
          f.brIf(done, op('i32.ge_s', position, end));
          if (batch > 1) f.set(batchIndex, op('i32.div_u', position, rowTiles));
          f.set(r0, op('i32.sub', position, op('i32.mul', batchIndex, rowTiles)));
          min(f, r1, op('i32.add', r0, op('i32.sub', end, position)), rowTiles);
          min(f, r1, r1, op('i32.add', r0, blockTiles));
          if (packedBatch)
            f.if(op('i32.ne', packedBatch, batchIndex), () => {
              packPanels(zero, allPanels);
              f.set(packedBatch, batchIndex);
            });
          multiply(r0, r1, zero, panels);
          f.set(position, op('i32.add', position, op('i32.sub', r1, r0)));
          f.br(again);
        });
      });
    if (asTimePermits)
      takeTurns(f, workspace, counterAt, threadCount, batch * rowTiles, blockTiles, position, end, work);
    else work();
  } else {
    const [from, to] = share(panels);
    f.for(batchIndex, 0, batch, 1, () => {
      packPanels(from, to);
      f.for(r0, 0, rowTiles, blockTiles, () => {
        min(f, r1, op('i32.add', r0, blockTiles), rowTiles);
        multiply(r0, r1, from, to);
      });
    });
  }
  return { function: f, workspace: (threadCount) => sharedBytes + threadCount * ownBytes };
}

/** Rows in order; the last block may be partial. */
function inOrder(m: number, rows: number): RowOrder {
  return {
    count: (_, tile) => {
      const rest = op('i32.sub', m, op('i32.mul', tile, rows));
      return select(rows, rest, op('i32.gt_s', rest, rows));
    },
    at: (_, tile, index) => op('i32.add', op('i32.mul', tile, rows), index),
  };
}

/**
 * Calls `work` for pieces [position, end) of `total` things until all are taken: large pieces first, then smaller ones,
 * so that threads finish together.
 */
function takeTurns(
  f: KernelFunction,
  counter: Local,
  offset: number,
  threadCount: Local,
  total: number,
  largest: number,
  position: Local,
  end: Local,
  work: () => void,
): void {
  const piece = f.local('i32');
  f.block((done) => {
    f.loop((again) => {
      const left = op('i32.sub', total, load('i32.atomic.load', counter, offset));
      f.set(piece, op('i32.add', op('i32.div_s', left, op('i32.shl', threadCount, 1)), 1));
      min(f, piece, piece, largest);
      f.set(piece, select(piece, 1, op('i32.gt_s', piece, 1)));
      f.set(position, atomic('i32.atomic.rmw.add', counter, [piece], offset));
      f.brIf(done, op('i32.ge_s', position, total));
      min(f, end, op('i32.add', position, piece), total);
      work();
      f.br(again);
    });
  });
}
