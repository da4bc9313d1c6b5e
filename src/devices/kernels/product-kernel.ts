import { type BatchAxis, count, type LineAxis, type Product } from '../../compiler/contraction/product.ts';
import type { Local } from '../wasm/encoder/index.ts';
import { nothing, patchProduct } from './conv.ts';
import { evenStride, type Patches, patchesOf, plus, type Tail, times } from './conv-geometry.ts';
import { depthwise, isDepthwise } from './depthwise.ts';
import type { KernelMachine } from './machine.ts';
import { type MatmulSpec, matmul } from './matmul.ts';
import type { ProductKernel } from './tiled-product.ts';

/** An axis of the step as a kernel counts it: its index in the step is `scale · i + shift`. */
export type Counted = Pick<LineAxis, 'size' | 'axis' | 'scale' | 'shift'>;

/** The kernel for a product, and which axes it counts as rows, as columns and as independent products. */
export interface Chosen {
  /** Equal for identical kernels. */
  readonly key: string;
  readonly batch: readonly Counted[];
  readonly rows: readonly Counted[];
  readonly columns: readonly Counted[];
  write(machine: KernelMachine, name: string, tail: Tail): ProductKernel;
}

const counted = ({ size, axis }: BatchAxis): Counted => ({ size, axis, scale: 1, shift: 0 });

/** The best kernel for a float32 product; undefined if columns are not evenly spaced, which no kernel can read. */
export function chooseKernel(product: Product): Chosen | undefined {
  const patches = patchesOf(product);
  if (!patches) return undefined;
  const batch = product.batch.map(counted);
  const [rows, columns] = [product.sides[0].lines, product.sides[1].lines];
  const by = (kind: string, write: (m: KernelMachine, name: string, spec: Patches, tail: Tail) => ProductKernel) => ({
    key: `${kind} ${JSON.stringify(patches)}`,
    write: (machine: KernelMachine, name: string, tail: Tail) => write(machine, name, patches, tail),
  });
  if (count(product.depth) === 0) return { ...by('zeros', nothing), batch, rows, columns };
  // Lanes are channels: the independent products take the place of columns.
  if (isDepthwise(patches)) return { ...by('depthwise', depthwise), batch: [], rows, columns: [...batch, ...columns] };
  return plainProduct(product) ?? { ...by('patches', patchProduct), batch, rows, columns };
}

/** With at least this many rows, several evenly spaced products beat a single one that has to be gathered. */
const manyRows = 128;

/** The product as one of plain matrices, if nothing slides and its axes are evenly spaced. */
function plainProduct({ batch, depth, sides }: Product): Chosen | undefined {
  const [{ lines, windows }, right] = sides;
  if (windows.length > 0) return undefined;
  const along = (side: 0 | 1) => evenStride(depth.map(({ size, strides }) => ({ size, stride: strides[side] })));
  const [a, b] = [along(0), along(1)];
  const column = evenStride(right.lines);
  // Rows that are not evenly spaced become products of their own.
  let outer = 0;
  while (evenStride(lines.slice(outer)) === undefined) outer++;
  const rows = lines.slice(outer);
  const row = evenStride(rows)!;
  if (a === undefined || b === undefined || column === undefined || Math.min(a, b, row, column) < 0) return undefined;
  if (outer > 0 && count(rows) < manyRows) return undefined;
  const spec: Omit<MatmulSpec, keyof Tail> = {
    m: count(rows),
    n: count(right.lines),
    k: count(depth),
    a: { row, column: a },
    b: { row: b, column },
    batch: [
      ...batch.map(({ size, strides }) => ({ size, a: strides[0], b: strides[1] })),
      ...lines.slice(0, outer).map(({ size, stride }) => ({ size, a: stride, b: 0 })),
    ].filter(({ size }) => size > 1),
  };
  return {
    key: `matrices ${JSON.stringify(spec)}`,
    batch: [...batch.map(counted), ...lines.slice(0, outer)],
    rows,
    columns: right.lines,
    write: (machine, name, tail) => matmul(machine, name, { ...spec, ...tail }),
  };
}

/** Runs the products that make up a whole in sequence. The operands of each begin at the given offsets, in elements. */
export function inTurn(
  machine: KernelMachine,
  name: string,
  extra: number,
  parts: readonly { readonly offsets: readonly [x: number, w: number]; write(name: string): ProductKernel }[],
): ProductKernel {
  const kernels = parts.map((part, i) => part.write(`${name} phase ${i}`));
  const f = machine.func(name, Array(5 + extra).fill('i32'));
  const [threadIndex, threadCount, x, w, workspace, ...rest] = f.params as [
    Local,
    Local,
    Local,
    Local,
    Local,
    ...Local[],
  ];
  // Threads may be in different parts at the same time, so each part has its own workspace, sized for all threads.
  kernels.forEach((kernel, i) => {
    const [dx, dw] = parts[i].offsets;
    f.call(kernel.function, threadIndex, threadCount, plus(x, 4 * dx), plus(w, 4 * dw), workspace, ...rest);
    const [none, one] = [kernel.workspace(0), kernel.workspace(1)];
    f.increment(workspace, plus(none, times(threadCount, one - none)));
  });
  return { function: f, workspace: (threads) => kernels.reduce((sum, kernel) => sum + kernel.workspace(threads), 0) };
}
