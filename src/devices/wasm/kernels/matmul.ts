import { type FunctionBuilder, type Local, lane, type ModuleBuilder, op } from '../encoder/index.ts';
import { dotKernel } from './dot-kernel.ts';
import { type Block, largeBlock, microKernel, packedSteps } from './micro-kernel.ts';
import { type Lie, packer } from './pack.ts';
import { type Epilogue, type ProductKernel, type Side, tiledProduct } from './tiled-product.ts';

/** Distances in elements between neighbouring rows and columns of a matrix (not negative). */
export interface Strides {
  readonly row: number;
  readonly column: number;
}

export interface MatmulSpec {
  /** C[m, n] = A[m, k] B[k, n]; all at least 1. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** A transposed matrix is one with its strides exchanged. */
  readonly a: Strides;
  readonly b: Strides;
  /** Outer axes: size, and the distance of A's and B's matrices along it (0 repeats the same one). */
  readonly batch?: readonly { readonly size: number; readonly a: number; readonly b: number }[];
  /** Number of i32 parameters for the epilogue. */
  readonly extra: number;
  readonly epilogue: Epilogue;
}

/**
 * A float32 matrix product for these sizes: a function `(threadIndex, threadCount, a, b, workspace, ...extra)`, called
 * by every thread, and the bytes of workspace it needs. The epilogue takes the outputs, e.g. `storeRows(0, n)`.
 */
export function matmul(module: ModuleBuilder, name: string, spec: MatmulSpec): ProductKernel {
  const { m, n, k, extra, epilogue } = spec;
  const batch = spec.batch ?? [];
  const a: Lie = { across: 4 * spec.a.row, along: 4 * spec.a.column };
  const b: Lie = { across: 4 * spec.b.column, along: 4 * spec.b.row };
  const offset = (side: 'a' | 'b') => (f: FunctionBuilder, index: Local) => {
    f.push(f.params[side === 'a' ? 2 : 3]);
    addBatchOffset(f, index, batch, side);
  };
  const direct = (side: 'a' | 'b', lie: Lie): Side => ({ packed: false, base: offset(side), ...lie });
  const shared = { name, m, n, k, extra, epilogue, batch: batch.reduce((total, { size }) => total * size, 1) };

  // A dot product for each output, where panels would be mostly padding.
  if ((m < 4 || n < 4) && a.along === 4 && b.along === 4) {
    const [rows, columns] = m < 4 ? [m, Math.min(n, 4)] : [4, n];
    return tiledProduct(module, {
      ...shared,
      block: { rows, vectors: 1 },
      width: columns,
      a: direct('a', a),
      b: direct('b', b),
      kernel: (r, c) => dotKernel(module, r, c, a.across, b.across),
    });
  }

  const block = chooseBlock(m, n);
  const width = 4 * block.vectors;
  const packed = (side: 'a' | 'b', lie: Lie, lines: number): Side => ({
    packed: true,
    pack(f, at) {
      const source = f.local('i32');
      offset(side)(f, at.batch);
      f.push(op('i32.add', op('i32.mul', at.line, lie.across), op('i32.mul', at.k0, lie.along)));
      f.op('i32.add');
      f.set(source);
      const panel = op('i32.mul', at.count, 4 * lines);
      f.call(packer(module, lines, lie), source, at.target, at.lines, at.count, lie.across, lie.along, panel);
    },
  });
  // Operands are packed where they are used often enough and would not stay in the first-level cache as they lie.
  const packB = b.across !== 4 || (m >= 24 && n > width && k * b.along > cache);
  const packA = n >= 32 && (a.along === 4 ? Math.min(m, 96) * a.across > 4 * cache : k * a.along > 2 * cache);
  const steps = packedSteps(block);
  const aSteps = packA ? { aRow: steps.aRow, aK: steps.aK } : { aRow: a.across, aK: a.along };
  return tiledProduct(module, {
    ...shared,
    block,
    a: packA ? packed('a', a, block.rows) : direct('a', a),
    b: packB ? packed('b', b, width) : direct('b', b),
    kernel: (rows) => microKernel(module, { ...block, rows }, { ...aSteps, bK: packB ? steps.bK : b.along }),
  });
}

/** Bytes that the first-level cache can well hold beside other data. */
const cache = 24 * 1024;

/** The block of outputs for which most registers work and little is padding. */
function chooseBlock(m: number, n: number): Block {
  const vectors = Math.ceil(n / 4);
  if (m === 1) return { rows: 1, vectors: Math.min(8, vectors) };
  if (m === 2) return { rows: 2, vectors: Math.min(5, vectors) };
  if (vectors === 1) return { rows: 8, vectors: 1 };
  if (vectors === 3 || m === 3) return { rows: 3, vectors: Math.min(3, vectors) };
  return largeBlock();
}

/** Adds the byte offset of matrix `index` of the batch to the address on the stack. */
function addBatchOffset(f: FunctionBuilder, index: Local, batch: NonNullable<MatmulSpec['batch']>, side: 'a' | 'b') {
  let inner = 1;
  for (const axis of [...batch].reverse()) {
    const stride = 4 * axis[side];
    if (stride > 0 && axis.size > 1) {
      const outer = inner === 1 ? index : op('i32.div_u', index, inner);
      f.op('i32.add', op('i32.mul', op('i32.rem_u', outer, axis.size), stride));
      // The address was pushed first: `i32.add` takes it and the product.
    }
    inner *= axis.size;
  }
}

/**
 * An epilogue that stores the outputs as they are: extra parameter `output` is the address, `row` and `batch` the
 * distances in elements between rows and between the products of a batch.
 */
export function storeRows(output: number, row: number, batch = 0): Epilogue {
  return (f, out) => {
    const address = f.local('i32');
    f.set(address, op('i32.add', op('i32.mul', out.row, row), out.column));
    if (batch > 0) f.set(address, op('i32.add', address, op('i32.mul', out.batch, batch)));
    f.set(address, op('i32.add', out.extra[output], op('i32.shl', address, 2)));
    storeLanes(f, address, out.value, out.lanes);
  };
}

/** Stores the first `lanes` floats of a vector. */
export function storeLanes(f: FunctionBuilder, address: Local, value: Local, lanes: number): void {
  if (lanes === 4) f.store('v128.store', address, value);
  else if (lanes === 1) f.store('f32.store', address, lane('f32x4.extract_lane', 0, value));
  else {
    f.memoryLane('v128.store64_lane', 0, address, value);
    if (lanes === 3) f.memoryLane('v128.store32_lane', 2, address, value, 8);
  }
}
