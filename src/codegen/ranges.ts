import { dtypeInfo } from '../base/dtype.ts';
import type { Expr } from '../ir/expr.ts';

export type Range = readonly [low: number, high: number];

const all: Range = [-(2 ** 31), 2 ** 31 - 1];
const clip = ([low, high]: Range): Range => (low < all[0] || high > all[1] || low > high ? all : [low, high]);
const hull = (values: readonly number[]): Range => [Math.min(...values), Math.max(...values)];

/** Bounds of what an i32 expression can be, from the sizes of its axes; wrapping arithmetic gives no bounds. */
export class Ranges {
  private readonly known = new Map<Expr, Range>();

  of(e: Expr): Range {
    let range = this.known.get(e);
    if (!range) this.known.set(e, (range = clip(this.find(e))));
    return range;
  }

  private find(e: Expr): Range {
    switch (e.op) {
      case 'const':
        return [e.value, e.value];
      case 'index':
        return [0, Math.max(0, e.axis.size - 1)];
      case 'load': {
        const { range, bytes } = dtypeInfo[e.from.dtype];
        return range && bytes < 4 ? range : all;
      }
      case 'apply':
        return e.type === 'i32' ? this.apply(e.f, e.args) : all;
      default:
        return all;
    }
  }

  private apply(f: string, args: readonly Expr[]): Range {
    if (f === 'select') {
      const [a, b] = [this.of(args[1]!), this.of(args[2]!)];
      return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
    }
    if (f === 'convert') return args[0]!.type === 'bool' ? [0, 1] : all;
    if (args[0]!.type !== 'i32') return all;
    const a = this.of(args[0]!);
    const b = args[1] ? this.of(args[1]) : a;
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
        return b[0] > 0 ? hull(a.flatMap((x) => b.map((y) => Math.floor(x / y)))) : all;
      case 'floorMod':
        return b[0] > 0 ? (a[0] >= 0 && a[1] < b[0] ? a : [0, b[1] - 1]) : all;
      case 'div':
        return b[0] > 0 ? hull(a.flatMap((x) => b.map((y) => Math.trunc(x / y)))) : all;
      case 'rem':
        return b[0] > 0 && a[0] >= 0 ? [0, Math.min(a[1], b[1] - 1)] : all;
      case 'and':
        return b[0] >= 0 ? [0, b[1]] : a[0] >= 0 ? [0, a[1]] : all;
      default:
        return all;
    }
  }
}
