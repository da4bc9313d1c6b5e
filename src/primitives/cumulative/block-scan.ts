import type { DType } from '../../base/dtype.ts';
import type { Shape } from '../../base/shape.ts';
import {
  apply,
  axis,
  type Combine,
  constant,
  type Expr,
  indexOf,
  type Local,
  load,
  minus,
  plus,
  type Region,
  type ScalarType,
  select,
  times,
} from '../../ir/expr.ts';
import { accumulate, loop, loops, readLocal, type Stmt, set, store, when } from '../../ir/loops.ts';

/** Number of elements that one thread handles. */
const block = 32;
/** The array of totals, in the dtype of the sums. */
const totalType: Record<ScalarType, DType> = {
  f32: 'float32',
  f64: 'float64',
  i32: 'int32',
  u32: 'uint32',
  bool: 'bool',
};

/** How running totals are made. */
interface Scan {
  readonly combine: Combine;
  readonly type: ScalarType;
  /** The neutral element of the combination. */
  readonly start: number;
  readonly scratch: (aval: { shape: Shape; dtype: DType }, name: string) => Region;
}
/** `at` returns the full index of position i of a line. */
type At = (i: Expr) => Expr[];
interface Line {
  readonly read: (at: At, i: Expr) => Expr;
  readonly write: (at: At, i: Expr, value: Expr) => Stmt;
}

/**
 * Running totals along axis d of an array, also parallel along it: the total of each block, the running totals of these in the
 * same way, and then each block from the total before it.
 */
export function blockScan(shape: Shape, d: number, scan: Scan, line: Line): readonly Stmt[] {
  const { combine, type, scratch } = scan;
  const n = shape[d];
  const blocks = Math.ceil(n / block);
  const sofar: Local = { name: 'sofar', type };
  const start = constant(scan.start, type);
  const isShort = blocks <= 2;
  const totals = shape.map((size, k) => (k === d ? blocks : size));
  /** A kernel over all blocks; `body` is run for each position in a block. */
  const eachBlock = (
    stage: string,
    from: (at: At, b: Expr) => Expr,
    body: (at: At, i: Expr) => Stmt[],
    end: (at: At, b: Expr) => Stmt[] = () => [],
  ): readonly Stmt[] => {
    const axes = (isShort ? shape : totals).map((size, k) => axis(size, `${stage}${k}of${n}`));
    const at: At = (i) => axes.map((a, k) => (k === d ? i : indexOf(a)));
    const within = axis(isShort ? n : block, `${stage}Within${n}`);
    const b = indexOf(axes[d]);
    const i = isShort ? indexOf(within) : plus(times(b, block), indexOf(within));
    const list = body(at, i);
    const isWhole = isShort || n % block === 0;
    return loops(
      isShort ? axes.filter((_, k) => k !== d) : axes,
      [set(sofar, from(at, b)), loop(within, isWhole ? list : [when(apply('lt', i, n), list)]), ...end(at, b)],
      'parallel',
    );
  };
  const next = (at: At, i: Expr): Stmt => accumulate(sofar, combine, line.read(at, i));
  const through = (at: At, i: Expr): Stmt[] => [next(at, i), line.write(at, i, readLocal(sofar))];
  if (isShort) return eachBlock('line', () => start, through);

  const [own, running] = ['totals', 'running totals'].map((name) =>
    scratch({ shape: totals, dtype: totalType[type] }, name),
  ) as [Region, Region];
  const before = (at: At, b: Expr): Expr =>
    select(apply('eq', b, 0), start, load(running, at(apply('max', minus(b, 1), 0))));
  return [
    ...eachBlock(
      'sum',
      () => start,
      (at, i) => [next(at, i)],
      (at, b) => [store(own, at(b), readLocal(sofar))],
    ),
    ...blockScan(totals, d, scan, {
      read: (at, b) => load(own, at(b)),
      write: (at, b, value) => store(running, at(b), value),
    }),
    ...eachBlock('run', before, through),
  ];
}
