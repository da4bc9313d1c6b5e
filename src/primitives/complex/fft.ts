import { fail } from '../../base/errors.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import {
  apply,
  axis,
  convert,
  type Expr,
  indexOf,
  load,
  plus,
  type Region,
  reduce,
  scalarType,
  times,
} from '../../ir/expr.ts';
import { loops, store } from '../../ir/loops.ts';
import { type Primitive, primitive } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { full } from '../generators.ts';

type Complex = readonly [re: Tensor, im: Tensor];
interface Parts {
  readonly re: Region;
  readonly im: Region;
}

/** Prime factors, ascending; fours first, because one pass of four costs less than two of two. */
function factorsOf(n: number): number[] {
  const factors: number[] = [];
  for (let rest = n, p = 4; rest > 1; ) {
    if (rest % p === 0) {
      factors.push(p);
      rest /= p;
    } else p = p === 4 ? 2 : p === 2 ? 3 : p * p > rest ? rest : p + 2;
  }
  return factors;
}

/**
 * Discrete Fourier transform along the last axis of `re + i·im`: `out[k] = Σ_j x[j]·exp(∓2πi·jk/n)`, the upper sign without,
 * the lower with `inverse`. Neither is divided by n. Stockham's passes, one per factor of n.
 */
export const fft: Primitive<[re: Tensor, im: Tensor], { inverse: boolean }, Complex> = primitive<
  [re: Tensor, im: Tensor],
  { inverse: boolean },
  Complex
>('fft', {
  kind: 'loops',
  result: ([re, im]) => {
    if (!sameShape(re.shape, im.shape) || re.dtype !== im.dtype || re.shape.length === 0)
      fail(
        'primitive fft',
        `the parts are ${re.dtype}${showShape(re.shape)} and ${im.dtype}${showShape(im.shape)}`,
        'give two arrays of one shape, with an axis at least',
      );
    const { shape, dtype } = re;
    return [
      { shape, dtype },
      { shape, dtype },
    ];
  },
  loops: ([re, im], [outRe, outIm], { inverse }, scratch) => {
    const { shape, dtype } = re;
    const n = shape.at(-1)!;
    const type = scalarType(dtype);
    const batch = shape.slice(0, -1).map((size, d) => axis(size, `n${d}`));
    const at = batch.map(indexOf);
    const factors = factorsOf(n);
    const angle = (2 * Math.PI * (inverse ? 1 : -1)) / n;
    const roots: Parts = { re: scratch({ shape: [n], dtype }, 'cosines'), im: scratch({ shape: [n], dtype }, 'sines') };
    const j = axis(n, 'root');
    const turn = apply('mul', convert(indexOf(j), type), angle);
    const table = loops(
      [j],
      [store(roots.re, [indexOf(j)], apply('cos', turn)), store(roots.im, [indexOf(j)], apply('sin', turn))],
      'parallel',
    );

    const out: Parts = { re: outRe, im: outIm };
    const other: Parts =
      factors.length > 1 ? { re: scratch({ shape, dtype }, 're'), im: scratch({ shape, dtype }, 'im') } : out;
    let from: Parts = { re: re, im: im };
    let to = factors.length % 2 === 1 ? out : other;
    let [size, stride] = [n, 1];
    const passes = factors.flatMap((p) => {
      const m = size / p;
      const [block, piece, r, t] = [axis(m, 'block'), axis(stride, 'piece'), axis(p, 'r'), axis(p, 't')];
      const source = [...at, plus(indexOf(piece), times(plus(indexOf(block), times(indexOf(t), m)), stride))];
      const target = [...at, plus(indexOf(piece), times(plus(times(indexOf(block), p), indexOf(r)), stride))];
      const within = times(apply('floorMod', apply('mul', indexOf(t), indexOf(r)), p), n / p);
      const power = apply('floorMod', plus(times(times(indexOf(block), indexOf(r)), stride), within), n);
      const [x, y, cos, sin] = [
        load(from.re, source),
        load(from.im, source),
        load(roots.re, [power]),
        load(roots.im, [power]),
      ];
      const product = (a: Expr, b: Expr): Expr => apply('mul', a, b);
      const pass = loops(
        [...batch, block, r, piece],
        [
          store(to.re, target, reduce('add', [t], apply('sub', product(x, cos), product(y, sin)))),
          store(to.im, target, reduce('add', [t], apply('add', product(x, sin), product(y, cos)))),
        ],
        'parallel',
      );
      from = to;
      to = to === out ? other : out;
      [size, stride] = [m, stride * p];
      return pass;
    });
    if (factors.length > 0) return [...table, ...passes];
    const all = [...batch, axis(n, 'i')];
    return loops(all, [
      store(outRe, all.map(indexOf), load(re, all.map(indexOf))),
      store(outIm, all.map(indexOf), load(im, all.map(indexOf))),
    ]);
  },
  vjpMany: ([gRe, gIm], [re], { inverse }) => {
    const zero = full({ shape: re.shape, dtype: re.dtype, value: 0 });
    return fft(gRe ?? zero, gIm ?? zero, { inverse: !inverse });
  },
  samples: [8, 6, 7, 1, 30].flatMap((n) =>
    [false, true].map((inverse) => ({ inputs: [{ shape: [2, n] }, { shape: [2, n] }], attrs: { inverse } })),
  ),
});
