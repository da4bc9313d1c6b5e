import type { DType } from '../../base/dtype.ts';
import type { Shape } from '../../base/shape.ts';
import {
  apply,
  axis,
  constant,
  type Expr,
  indexOf,
  type Local,
  load,
  plus,
  type Region,
  reinterpret,
  select,
} from '../../ir/expr.ts';
import { loop, loops, readLocal, type Stmt, set, store } from '../../ir/loops.ts';

/** Whether a radix sort pays for lines of n elements: its tables cost as much as a few hundred elements. */
export const suitsRadixSort = (dtype: DType, n: number): boolean => dtype !== 'float64' && dtype !== 'bool' && n >= 256;

/** 32 bits that order as unsigned integers like the elements: NaN is larger than all, -0 equals 0. */
function keyOf(x: Expr, descending: boolean): Expr {
  const signBit = -(2 ** 31);
  let key = x.type === 'i32' ? apply('xor', x, signBit) : reinterpret(x, 'i32');
  if (x.type === 'f32') {
    // All bits of negative numbers are flipped; of others, the sign.
    const turned = apply('xor', key, apply('or', apply('shiftRight', key, 31), signBit));
    const zero = constant(0, 'f32');
    key = select(apply('ne', x, x), -1, select(apply('eq', x, zero), signBit, turned));
  }
  return descending ? apply('xor', key, -1) : key;
}

/**
 * Positions that sort x along axis d, by a radix sort from the lowest digit up: each pass counts the digits, turns the counts
 * into positions and moves keys and positions there, in order, so that equal elements keep their order.
 */
export function radixSort(
  x: Region,
  out: Region,
  { axis: d, descending }: { axis: number; descending: boolean },
  scratch: (aval: { shape: Shape; dtype: DType }, name: string) => Region,
): readonly Stmt[] {
  const n = x.shape[d];
  const bits = n >= 2 ** 14 ? 11 : 8;
  const passes = Math.ceil(32 / bits);
  const axes = x.shape.map((size, k) => axis(size, `i${k}`));
  const others = axes.filter((_, k) => k !== d);
  const line = others.map(indexOf);
  const at = (i: Expr): Expr[] => axes.map((a, k) => (k === d ? i : indexOf(a)));
  const lines = x.shape.filter((_, k) => k !== d);
  const room = (name: string, size = n): Region => scratch({ shape: [...lines, size], dtype: 'int32' }, name);
  const [keys, positions] = [
    [room('even keys'), room('odd keys')],
    [room('even positions'), room('odd positions')],
  ];
  const counts = room('counts', 2 ** bits);

  const local = (name: string): Local => ({ name, type: 'i32' });
  const [key, digit, place, total] = [local('key'), local('digit'), local('place'), local('total')];
  const [k, c, p, t] = [readLocal(key), readLocal(digit), readLocal(place), readLocal(total)];
  const count = load(counts, [...line, c]);
  const body: Stmt[] = [];
  for (let pass = 0; pass < passes; pass++) {
    const [i, j, b, zeroed] = [
      axis(n, `i${pass}`),
      axis(n, `j${pass}`),
      axis(2 ** bits, `b${pass}`),
      axis(2 ** bits, `z${pass}`),
    ];
    const keyAt = (e: Expr): Expr =>
      pass === 0 ? keyOf(load(x, at(e)), descending) : load(keys[pass % 2], [...line, e]);
    const digitAt = (e: Expr): Stmt[] => [
      set(key, keyAt(e)),
      set(digit, apply('and', apply('shiftRight', k, pass * bits), 2 ** bits - 1)),
    ];
    const isLast = pass === passes - 1;
    const position = pass === 0 ? indexOf(j) : load(positions[pass % 2], [...line, indexOf(j)]);
    const next = (pass + 1) % 2;
    body.push(
      loop(zeroed, [store(counts, [...line, indexOf(zeroed)], constant(0, 'i32'))]),
      loop(i, [...digitAt(indexOf(i)), store(counts, [...line, c], plus(count, 1))]),
      set(total, constant(0, 'i32')),
      loop(b, [
        set(place, load(counts, [...line, indexOf(b)])),
        store(counts, [...line, indexOf(b)], t),
        set(total, plus(t, p)),
      ]),
      loop(j, [
        ...digitAt(indexOf(j)),
        set(place, count),
        store(counts, [...line, c], plus(p, 1)),
        ...(isLast ? [] : [store(keys[next], [...line, p], k)]),
        store(isLast ? out : positions[next], isLast ? at(p) : [...line, p], position),
      ]),
    );
  }
  return loops(others, body, 'parallel');
}
