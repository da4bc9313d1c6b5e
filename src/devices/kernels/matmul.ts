import { type Local, type Operand, op } from '../wasm/encoder/index.ts';
import { plus } from './conv-geometry.ts';
import { type KernelFunction, type KernelMachine, packedSteps } from './machine.ts';
import { type Lie, packer } from './pack.ts';
import { type Epilogue, type ProductKernel, type Side, tiledProduct } from './tiled-product.ts';

/** Distances in elements between neighbouring rows and columns of a matrix (not negative). */
export interface Strides {
  readonly row: number;
  readonly column: number;
}

export interface MatmulSpec {
  /** C[m, n] = A[m, k] B[k, n]; all sizes are at least 1. */
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** A transposed matrix is one with its strides exchanged. */
  readonly a: Strides;
  readonly b: Strides;
  /** Batch axes: the size, and the distance between A's and B's matrices along each (0 repeats the same matrix). */
  readonly batch?: readonly { readonly size: number; readonly a: number; readonly b: number }[];
  /** Number of i32 parameters for the epilogue. */
  readonly extra: number;
  readonly epilogue: Epilogue;
}

/**
 * A float32 matrix product for these sizes: a function `(threadIndex, threadCount, a, b, workspace, ...extra)`, called
 * by every thread, and the bytes of workspace it needs. The epilogue takes the outputs, e.g. `storeRows(0, n)`.
 */
export function matmul(machine: KernelMachine, name: string, spec: MatmulSpec): ProductKernel {
  const { m, n, k, extra, epilogue } = spec;
  const batch = spec.batch ?? [];
  const a: Lie = { across: 4 * spec.a.row, along: 4 * spec.a.column };
  const b: Lie = { across: 4 * spec.b.column, along: 4 * spec.b.row };
  const offset =
    (side: 'a' | 'b') =>
    (f: KernelFunction, index: Local): Operand =>
      plus(f.params[side === 'a' ? 2 : 3], ...batchOffsets(index, batch, side));
  const direct = (side: 'a' | 'b', lie: Lie): Side => ({ packed: false, base: offset(side), ...lie });
  const shared = { name, m, n, k, extra, epilogue, batch: batch.reduce((total, { size }) => total * size, 1) };

  // A dot product for each output, where panels would be mostly padding.
  if ((m < 4 || n < 4) && a.along === 4 && b.along === 4) {
    const [rows, columns] = m < 4 ? [m, Math.min(n, machine.lanes)] : [4, n];
    return tiledProduct(machine, {
      ...shared,
      block: { rows, vectors: 1 },
      width: columns,
      a: direct('a', a),
      b: direct('b', b),
      kernel: (r, c) => machine.dotKernel(r, c, a.across, b.across),
    });
  }

  const block = machine.blockFor(m, n);
  const width = machine.lanes * block.vectors;
  const packed = (side: 'a' | 'b', lie: Lie, lines: number): Side => ({
    packed: true,
    pack(f, at) {
      const source = f.local('i32');
      const place = op('i32.add', op('i32.mul', at.line, lie.across), op('i32.mul', at.k0, lie.along));
      f.set(source, op('i32.add', offset(side)(f, at.batch), place));
      const panel = op('i32.mul', at.count, 4 * lines);
      f.call(packer(machine, lines, lie), source, at.target, at.lines, at.count, lie.across, lie.along, panel);
    },
  });
  // Operands are packed if they are reused often enough and would not stay in the L1 cache as they lie.
  const packB = b.across !== 4 || (m >= 24 && n > width && k * b.along > cache);
  const packA = n >= 32 && (a.along === 4 ? Math.min(m, 96) * a.across > 4 * cache : k * a.along > 2 * cache);
  const steps = packedSteps(block, machine.lanes);
  const aSteps = packA ? { aRow: steps.aRow, aK: steps.aK } : { aRow: a.across, aK: a.along };
  return tiledProduct(machine, {
    ...shared,
    block,
    a: packA ? packed('a', a, block.rows) : direct('a', a),
    b: packB ? packed('b', b, width) : direct('b', b),
    kernel: (rows) => machine.microKernel({ ...block, rows }, { ...aSteps, bK: packB ? steps.bK : b.along }),
  });
}

/** Bytes that fit in the L1 cache beside other data. */
const cache = 24 * 1024;

/** Byte offsets of matrix `index` of the batch along each axis. */
function batchOffsets(index: Local, batch: NonNullable<MatmulSpec['batch']>, side: 'a' | 'b'): Operand[] {
  const offsets: Operand[] = [];
  let inner = 1;
  for (const axis of [...batch].reverse()) {
    const stride = 4 * axis[side];
    if (stride > 0 && axis.size > 1) {
      const outer = inner === 1 ? index : op('i32.div_u', index, inner);
      offsets.push(op('i32.mul', op('i32.rem_u', outer, axis.size), stride));
    }
    inner *= axis.size;
  }
  return offsets;
}
