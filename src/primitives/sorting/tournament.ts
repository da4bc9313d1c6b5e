import type { DType } from '../../base/dtype.ts';
import type { Shape } from '../../base/shape.ts';
import {
  apply,
  axis,
  constant,
  type Expr,
  indexOf,
  int,
  type Local,
  load,
  minus,
  plus,
  type Region,
  times,
} from '../../ir/expr.ts';
import { loop, loops, readLocal, type Stmt, set, store, when, whileLoop } from '../../ir/loops.ts';
import { precedes } from './precedes.ts';

/**
 * Positions of the k largest elements along the last axis, largest first and, among equals, in order. The best of each
 * block are found by insertion into a list of k, and compete in blocks again until one is left.
 */
export function tournament(
  x: Region,
  out: Region,
  { k, block }: { readonly k: number; readonly block: number },
  scratch: (aval: { shape: Shape; dtype: DType }, name: string) => Region,
): readonly Stmt[] {
  const lines = x.shape.slice(0, -1);
  const rounds: Stmt[] = [];
  let from: Region | undefined;
  for (let n = x.shape.at(-1)!; ; ) {
    const blocks = Math.max(1, Math.ceil(n / block));
    // The last block may have fewer than k.
    const left = (blocks - 1) * k + Math.min(k, n - (blocks - 1) * block);
    const to: Region = blocks === 1 ? out : scratch({ shape: [...lines, left], dtype: 'int32' }, 'best of blocks');
    rounds.push(...bestOfBlocks({ x, from, n, to }, { k, size: Math.min(block, n), blocks, round: rounds.length }));
    if (blocks === 1) return rounds;
    [from, n] = [to, left];
  }
}

/** The best k of each block of candidates: the positions in `from`, or all. */
function bestOfBlocks(
  { x, from, n, to }: { x: Region; from: Region | undefined; n: number; to: Region },
  { k, size, blocks, round }: { k: number; size: number; blocks: number; round: number },
): readonly Stmt[] {
  const others = x.shape.slice(0, -1).map((length, d) => axis(length, `i${d}of${round}`));
  const [block, within] = [axis(blocks, `block${round}`), axis(size, `within${round}`)];
  const row = others.map(indexOf);
  const i = indexOf(within);
  const b = blocks === 1 ? int(0) : indexOf(block);
  const at = plus(times(b, size), i);
  const candidate: Local = { name: 'candidate', type: 'i32' };
  const hole: Local = { name: 'hole', type: 'i32' };
  const goesOn: Local = { name: 'goesOn', type: 'bool' };
  const [c, h] = [readLocal(candidate), readLocal(hole)];
  const best = (e: Expr): Expr[] => [...row, plus(times(b, k), e)];
  // Makes room for a candidate: those it precedes move down, the last one off the end.
  const above = load(to, best(minus(h, 1)));
  const test = precedes(load(x, [...row, c]), load(x, [...row, above]), true);
  const insertion: readonly Stmt[] = [
    set(candidate, from ? load(from, [...row, at]) : at),
    set(hole, apply('min', i, k)),
    set(goesOn, apply('gt', h, 0)),
    whileLoop(readLocal(goesOn), [
      when(
        test,
        [when(apply('lt', h, k), [store(to, best(h), above)]), set(hole, minus(h, 1)), set(goesOn, apply('gt', h, 0))],
        [set(goesOn, constant(0, 'bool'))],
      ),
    ]),
    when(apply('lt', h, k), [store(to, best(h), c)]),
  ];
  const isWhole = blocks * size === n;
  return loops(
    blocks === 1 ? others : [...others, block],
    [loop(within, isWhole ? insertion : [when(apply('lt', at, n), insertion)])],
    'parallel',
  );
}
