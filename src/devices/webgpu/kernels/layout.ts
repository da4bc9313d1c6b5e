import {
  count,
  type DepthAxis,
  type LineAxis,
  type Product,
  type Side,
} from '../../../compiler/contraction/product.ts';

/** How one operand is read: by vectors of four neighbours along the sum (`depth`) or along its lines. */
export interface Layout {
  readonly side: Side;
  readonly along: 'depth' | 'lines';
  /** The four are contiguous and aligned in memory. */
  readonly isWide: boolean;
  /** The lines in the order in which the kernel counts them, and the same with evenly spaced axes merged. */
  readonly lines: readonly LineAxis[];
  readonly runs: readonly LineAxis[];
}
/** A product with its axes in the order that suits memory. */
export interface Arranged {
  readonly product: Product;
  readonly depth: readonly DepthAxis[];
  readonly layouts: readonly [Layout, Layout];
}

const real = <A extends { readonly size: number }>(axes: readonly A[]): A[] => axes.filter(({ size }) => size !== 1);

/** Orders axes so that those contiguous in memory come last, and merges those that are evenly spaced. */
export function arrange(product: Product): Arranged {
  const windowed = new Set(product.sides.flatMap(({ windows }) => windows.flatMap((w) => [w.line, w.depth])));
  const score = (a: DepthAxis): number =>
    product.sides.reduce((n, { lines }, s) => {
      if (a.strides[s] !== 1) return n;
      return n + (lines.some(({ stride, size }) => stride === 1 && size >= 8) ? 1 : 2) * (a.size % 4 === 0 ? 2 : 1);
    }, 0);
  const axes = real(product.depth);
  const best = axes.reduce((m, a) => Math.max(m, score(a)), 0);
  const inner = axes.findLast((a) => score(a) === best);
  const ordered = inner ? [...axes.filter((a) => a !== inner), inner] : [];
  const depth: DepthAxis[] = [];
  for (const a of ordered) {
    const before = depth.at(-1);
    const isRun =
      before &&
      !windowed.has(before) &&
      !windowed.has(a) &&
      [0, 1].every((s) => before.strides[s] === a.strides[s] * a.size);
    if (isRun) depth[depth.length - 1] = { size: before.size * a.size, strides: a.strides };
    else depth.push(a);
  }
  return { product, depth, layouts: [layoutOf(product, 0, depth, windowed), layoutOf(product, 1, depth, windowed)] };
}

function layoutOf(product: Product, s: 0 | 1, depth: readonly DepthAxis[], windowed: ReadonlySet<object>): Layout {
  const side = product.sides[s];
  const axes = real(side.lines);
  const inner = depth.at(-1);
  const steps = [
    side.offset,
    ...product.batch.filter(({ size }) => size > 1).map((b) => b.strides[s]),
    ...side.windows.filter((w) => w.spacing > 1).map((w) => w.stride),
  ];
  const fits = (others: readonly number[]): boolean => [...steps, ...others].every((n) => n % 4 === 0);
  const deepOthers = depth.slice(0, -1).map((a) => a.strides[s]);
  const lineStrides = axes.map((a) => a.stride);
  const isDeep = inner?.strides[s] === 1 && !windowed.has(inner);
  const near = axes.findLast((a) => a.stride === 1 && !windowed.has(a)) ?? axes.findLast((a) => a.stride === 1);
  const ordered = near ? [...axes.filter((a) => a !== near), near] : axes;
  const isDeepWide = isDeep && inner.size % 4 === 0 && fits([...deepOthers, ...lineStrides]);
  const isLineWide =
    near !== undefined &&
    !windowed.has(near) &&
    near.size % 4 === 0 &&
    fits([...ordered.slice(0, -1).map((a) => a.stride), ...depth.map((a) => a.strides[s])]);
  const along = isDeepWide ? 'depth' : isLineWide ? 'lines' : isDeep || !near ? 'depth' : 'lines';
  const lines = [...side.lines.filter(({ size }) => size === 1), ...(along === 'lines' ? ordered : axes)];
  const runs: LineAxis[] = [];
  for (const a of real(lines)) {
    const before = runs.at(-1);
    if (before && !windowed.has(before) && !windowed.has(a) && before.stride === a.stride * a.size)
      runs[runs.length - 1] = { ...a, size: before.size * a.size };
    else runs.push(a);
  }
  return { side, along, isWide: isDeepWide || isLineWide, lines, runs };
}

export const linesOf = ({ lines }: Layout): number => count(lines);
