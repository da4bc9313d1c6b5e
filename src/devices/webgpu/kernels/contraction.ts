import { count, type Product, productsOf } from '../../../compiler/contraction/product.ts';
import type { ContractionStep } from '../../../compiler/plan.ts';
import type { Aval } from '../../../ir/tensor.ts';
import type { Dispatch, EmitContext, Gpu } from '../dispatch.ts';
import { directProduct, joinParts } from './direct-product.ts';
import { fitsBindings } from './kernel-text.ts';
import { type Arranged, arrange, linesOf } from './layout.ts';
import { chooseTile, type Tile } from './tile.ts';
import { tiledProduct } from './tiled-product.ts';

/** Whether `contraction` has kernels for a step. */
export const hasContraction = (step: ContractionStep): boolean => productsOf(step) !== undefined;

/** The kernels of a dot or a convolution with its fused tail; undefined if loops should do it. */
export function contraction(step: ContractionStep, context: EmitContext): Dispatch[] | undefined {
  if (!fitsBindings(step, context)) return undefined;
  const products = productsOf(step);
  // If one phase overwrote what another's tail still reads, their elements would have to run in order.
  return products?.flatMap((product) => dispatches(step, arrange(oriented(step, product)), context));
}

function dispatches(step: ContractionStep, arranged: Arranged, context: EmitContext): Dispatch[] {
  const [m, n, k] = [linesOf(arranged.layouts[0]), linesOf(arranged.layouts[1]), count(arranged.depth)];
  const batches = count(arranged.product.batch);
  if (m * n * batches === 0) return [];
  const scratch = (splits: number) => {
    const { type } = arranged.product;
    const aval: Aval = {
      shape: [splits * batches * m * n],
      dtype: type === 'f32' ? 'float32' : type === 'i32' ? 'int32' : 'uint32',
    };
    return splits > 1 ? context.scratch(aval) : undefined;
  };
  const direct = directSplits(m, n, k, batches, context.gpu);
  const tile: Tile | undefined = direct ? undefined : chooseTile(m, n, k, batches, context.gpu);
  const splits = direct ?? tile!.splits;
  const partial = scratch(splits);
  const first = tile
    ? tiledProduct(step, arranged, tile, partial, context)
    : directProduct(step, arranged, splits, partial, context);
  return partial ? [first, joinParts(step, arranged, splits, partial, context)] : [first];
}

/** Into how many parts to cut each sum when each invocation computes sums by itself; undefined if tiles are better. */
function directSplits(m: number, n: number, k: number, batches: number, gpu: Gpu): number | undefined {
  const isThin = Math.min(m, n) <= 2 && batches >= 8;
  const work = m * n * k * batches;
  const isSmall = (k <= 4 && work < 1 << 22) || (k <= 64 && work < 1 << 16) || (gpu.isSoftware && work < 1 << 24);
  if (!isThin && !isSmall) return undefined;
  const outputs = m * n * batches;
  let splits = 1;
  while (outputs * splits < 1 << 15 && k / splits >= 128) splits *= 2;
  return splits;
}

/**
 * Exchanges the operands where the result is contiguous along the left one's lines, so that neighbouring invocations
 * store side by side.
 */
function oriented(step: ContractionStep, product: Product): Product {
  const [left, right] = product.sides;
  const inner = step.axes.find((a, d) => a.size > 1 && step.stores[0].view.strides[d] === 1);
  const isOn = (side: Product['sides'][0]): boolean => side.lines.some(({ axis }) => axis === inner);
  if (!inner || !isOn(left) || isOn(right)) return product;
  const swap = <A extends { readonly strides: readonly [number, number] }>(a: A): A => ({
    ...a,
    strides: [a.strides[1], a.strides[0]],
  });
  const depth = new Map(product.depth.map((a) => [a, swap(a)]));
  const own = (side: Product['sides'][0]) => ({
    ...side,
    windows: side.windows.map((w) => ({ ...w, depth: depth.get(w.depth)! })),
  });
  return {
    ...product,
    batch: product.batch.map(swap),
    depth: [...depth.values()],
    sides: [own(right), own(left)],
  };
}
