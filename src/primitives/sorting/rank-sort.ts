import type { DType } from '../../base/dtype.ts';
import type { Shape } from '../../base/shape.ts';
import {
  apply,
  axis,
  type Expr,
  indexOf,
  type Local,
  load,
  minus,
  plus,
  type Region,
  select,
  times,
} from '../../ir/expr.ts';
import { loop, loops, readLocal, type Stmt, set, store, when, whileLoop } from '../../ir/loops.ts';
import { precedes, type SortAttrs } from './precedes.ts';

/** Elements of the first sorted runs. */
const firstRun = 16;

/**
 * Positions that sort x along an axis, each pass parallel over all elements: an element's place in a merged run is its
 * place in its own plus the number of elements of the other run that precede it, which a binary search finds.
 */
export function rankSort(
  x: Region,
  out: Region,
  { axis: d, descending }: SortAttrs,
  scratch: (aval: { shape: Shape; dtype: DType }, name: string) => Region,
): readonly Stmt[] {
  const n = x.shape[d];
  const passes = n <= firstRun ? 0 : Math.ceil(Math.log2(n / firstRun));
  const pair = (name: string, dtype: DType): readonly Region[] =>
    [`even ${name}`, `odd ${name}`].map((each) => scratch({ shape: x.shape, dtype }, each));
  const keys = passes > 0 ? pair('keys', x.dtype) : [];
  const positions = passes > 0 ? pair('positions', 'int32') : [];
  const local = (name: string): Local => ({ name, type: 'i32' });
  const [place, low, high, middle] = [local('place'), local('low'), local('high'), local('middle')];
  const [p, l, h, m] = [readLocal(place), readLocal(low), readLocal(high), readLocal(middle)];

  /** A kernel over all elements, each of which finds its place in the line. */
  const pass = (
    k: number,
    find: (i: Expr, at: (e: Expr) => Expr[]) => { key: Expr; from: Expr; body: Stmt[] },
  ): Stmt => {
    const axes = x.shape.map((size, j) => axis(size, `i${j}of${k}`));
    const at = (e: Expr): Expr[] => axes.map((a, j) => (j === d ? e : indexOf(a)));
    const { key, from, body } = find(indexOf(axes[d]), at);
    const isLast = k === passes;
    const [nest] = loops(
      axes,
      [
        ...body,
        ...(isLast ? [] : [store(keys[k % 2], at(p), key)]),
        store(isLast ? out : positions[k % 2], at(p), from),
      ],
      'parallel',
    );
    return nest;
  };

  const first = pass(0, (i, at) => {
    const other = axis(Math.min(firstRun, n), 'other');
    const start = minus(i, apply('floorMod', i, firstRun));
    const j = plus(start, indexOf(other));
    const [own, its] = [load(x, at(i)), load(x, at(apply('min', j, Math.max(0, n - 1))))];
    const isEarlier = apply('and', apply('lt', j, i), apply('not', precedes(own, its, descending)));
    const isBefore = apply('and', apply('lt', j, n), apply('or', precedes(its, own, descending), isEarlier));
    return {
      key: own,
      from: i,
      body: [set(place, start), loop(other, [when(isBefore, [set(place, plus(p, 1))])])],
    };
  });
  const merges = Array.from({ length: passes }, (_, k) =>
    pass(k + 1, (i, at) => {
      const width = firstRun * 2 ** k;
      const [oldKeys, oldPositions] = [keys[k % 2], positions[k % 2]];
      const run = apply('floorDiv', i, width);
      const isLeft = apply('eq', apply('floorMod', run, 2), 0);
      const start = times(run, width);
      const [own, its] = [load(oldKeys, at(i)), load(oldKeys, at(m))];
      // Among equal elements, those of the left run come first.
      const isBefore = select(isLeft, precedes(its, own, descending), apply('not', precedes(own, its, descending)));
      const right = apply('min', plus(start, width), n);
      return {
        key: own,
        from: load(oldPositions, at(i)),
        body: [
          set(low, select(isLeft, right, minus(start, width))),
          set(high, select(isLeft, apply('min', plus(start, 2 * width), n), start)),
          whileLoop(apply('lt', l, h), [
            set(middle, apply('shiftRight', plus(l, h), 1)),
            when(isBefore, [set(low, plus(m, 1))], [set(high, m)]),
          ]),
          set(place, minus(plus(i, l), select(isLeft, right, start))),
        ],
      };
    }),
  );
  return [first, ...merges];
}
