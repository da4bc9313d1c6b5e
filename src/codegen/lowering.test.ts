import { describe, expect, it } from 'vitest';
import { Algebra } from '../algebra/algebra.ts';
import {
  type Axis,
  apply,
  axis,
  type Expr,
  flatten,
  indexOf,
  int,
  load,
  type Region,
  readLocal,
  unflatten,
} from '../ir/expr.ts';
import { loop, loops, type Stmt, set, store } from '../ir/loops.ts';
import { describeKernel } from './kernel-key.ts';
import { Lowering } from './lowering.ts';

const region = (...shape: number[]): Region => ({ name: 'x', shape, dtype: 'float32' });

describe('lowering', () => {
  it('takes quotients and remainders apart and puts them together again', () => {
    const lowering = new Lowering(new Algebra());
    const [i, j] = [axis(6, 'i'), axis(8, 'j')];
    const position = flatten([indexOf(i), indexOf(j)], [6, 8]);
    const [row, column] = unflatten(position, [6, 8]).map((e) => lowering.expr(e));
    expect(row).toBe(lowering.expr(indexOf(i)));
    expect(column).toBe(lowering.expr(indexOf(j)));
    const flat = axis(48, 'n');
    const again = lowering.expr(flatten(unflatten(indexOf(flat), [6, 8]), [6, 8]));
    expect(again).toBe(lowering.expr(indexOf(flat)));
  });

  it('decides comparisons that the sizes of axes decide', () => {
    const lowering = new Lowering(new Algebra());
    const i = indexOf(axis(5, 'i'));
    const value = (e: Expr) => lowering.expr(e);
    expect(value(apply('lt', i, 5))).toMatchObject({ op: 'const', value: 1 });
    expect(value(apply('ge', i, 5))).toMatchObject({ op: 'const', value: 0 });
    expect(value(apply('ge', i, 1)).op).toBe('apply');
  });

  it('keeps constants, axes and locals apart however many there are', () => {
    const lowering = new Lowering(new Algebra());
    const seen = new Set<Expr>();
    for (let n = 0; n < 400; n++) {
      seen.add(lowering.expr(indexOf(axis(3, 'i'))));
      seen.add(lowering.expr(int(n)));
      seen.add(lowering.expr(readLocal({ name: 'v', type: 'i32' })));
    }
    expect(seen.size).toBe(1200);
  });

  it('gives kernels that differ in their regions only the same key', () => {
    const key = (x: Region, y: Region, factor: number): string => {
      const i = axis(9, 'i');
      const body = loops([i], [store(y, [indexOf(i)], apply('mul', load(x, [indexOf(i)]), factor))]);
      return describeKernel(new Lowering(new Algebra()).kernel(body, 4)).key;
    };
    const first = key(region(9), region(9), 2);
    expect(key(region(9), region(3, 3), 2)).toBe(first);
    expect(key(region(9), region(9), 3)).not.toBe(first);
    const same = region(9);
    expect(key(same, same, 2)).not.toBe(first);
  });

  it('keeps kernels apart that differ in the part that a free axis plays', () => {
    const [row, column] = [axis(8, 'row'), axis(8, 'column')];
    const y = region(64);
    const key = (outer: Axis, inner: Axis): string => {
      const position = apply('add', apply('mul', indexOf(outer), 8), indexOf(inner));
      const body = new Lowering(new Algebra()).kernel(
        [store(y, [position], readLocal({ name: 'sum', type: 'f32' }))],
        4,
      );
      return describeKernel(body, [row, column]).key;
    };
    expect(key(row, column)).not.toBe(key(column, row));
  });

  it('sees through locals that name index arithmetic, and cuts transpositions into tiles', () => {
    const [i, j] = [axis(64, 'i'), axis(64, 'j')];
    const [x, y] = [region(64, 64), region(64, 64)];
    const start = { name: 'start', type: 'i32' } as const;
    const at = apply('add', readLocal(start), indexOf(j));
    const turned = load(x, [apply('add', apply('mul', indexOf(j), 64), indexOf(i))]);
    const body = [
      loop(i, [set(start, apply('mul', indexOf(i), 64)), loop(j, [store(y, [at], turned)], 'vector')], 'parallel'),
    ];
    const depth = (list: readonly Stmt[]): number => {
      const [only] = list;
      return only?.op === 'for' ? 1 + depth(only.body) : 0;
    };
    const lowered = new Lowering(new Algebra()).kernel(body, 4);
    expect(depth(lowered)).toBe(4);
    expect(lowered[0]).toMatchObject({ mode: 'parallel', axis: { size: 4 } });
  });
});
