import { dtypeInfo } from '../base/dtype.ts';
import type { Expr } from '../ir/expr.ts';

export type Range = readonly [low: number, high: number];

/** Bounds of values that are unknown or may wrap. */
export const anyInt: Range = [-(2 ** 31), 2 ** 31 - 1];
const clip = (r: Range): Range => (r[0] < anyInt[0] || r[1] > anyInt[1] || !(r[0] <= r[1]) ? anyInt : r);
const hull = (values: readonly number[]): Range => [Math.min(...values), Math.max(...values)];

/** Bounds of i32 expressions, derived from the sizes of their axes. */
export class Ranges {
  private readonly known = new Map<Expr, Range>();

  of(e: Expr): Range {
    let range = this.known.get(e);
    if (!range) {
      range = clip(this.find(e));
      this.known.set(e, range);
    }
    return range;
  }

  private find(e: Expr): Range {
    if (e.type !== 'i32') return anyInt;
    switch (e.op) {
      case 'const':
        return [e.value, e.value];
      case 'index':
        return [0, Math.max(0, e.axis.size - 1)];
      case 'load': {
        const { range, bytes } = dtypeInfo[e.from.dtype];
        return range && bytes < 4 ? range : anyInt;
      }
      case 'apply':
        return this.apply(e.f, e.args);
      default:
        return anyInt;
    }
  }

  private apply(f: string, args: readonly Expr[]): Range {
    if (f === 'select') {
      const [a, b] = [this.of(args[1]), this.of(args[2])];
      return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
    }
    if (f === 'convert') return args[0].type === 'bool' ? [0, 1] : anyInt;
    if (args[0].type !== 'i32') return anyInt;
    const [a, b] = [this.of(args[0]), args[1] ? this.of(args[1]) : ([0, 0] as const)];
    switch (f) {
      case 'add':
        return [a[0] + b[0], a[1] + b[1]];
      case 'sub':
        return [a[0] - b[1], a[1] - b[0]];
      case 'neg':
        return [-a[1], -a[0]];
      case 'mul':
        return hull([a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]]);
      case 'max':
        return [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
      case 'min':
        return [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
      case 'floorDiv':
        return b[0] > 0 ? hull(a.flatMap((x) => b.map((y) => Math.floor(x / y)))) : anyInt;
      case 'floorMod':
        return b[0] <= 0 ? anyInt : a[0] >= 0 && a[1] < b[0] ? a : [0, b[1] - 1];
      case 'div':
        return b[0] > 0 ? hull(a.flatMap((x) => b.map((y) => Math.trunc(x / y)))) : anyInt;
      case 'rem':
        return b[0] > 0 && a[0] >= 0 ? [0, Math.min(a[1], b[1] - 1)] : anyInt;
      case 'and':
        return b[0] >= 0 ? [0, b[1]] : a[0] >= 0 ? [0, a[1]] : anyInt;
      default:
        return anyInt;
    }
  }
}
