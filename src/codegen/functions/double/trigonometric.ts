import { doubleFunction, type Lanes } from './lanes.ts';

/**
 * Sine, cosine and tangent. The argument is reduced by multiples of pi / 2 in float64: to the last places up to
 * |x| = 1e6, beyond with an absolute error of |x| / 2^52.
 */
export const sin = doubleFunction('sin', 1, (v, x) => {
  const { r, n } = reduce(v, x);
  const even = v.keep(v.equalInt(v.and(n, v.bits(1)), v.bits(0)));
  const y = v.keep(v.select(even, sine(v, r), cosine(v, r)));
  return v.select(v.equal(x, 0), x, v.xor(y, v.shiftLeft(v.and(n, v.bits(2)), 30)));
});

export const cos = doubleFunction('cos', 1, (v, x) => {
  const { r, n } = reduce(v, x);
  const even = v.keep(v.equalInt(v.and(n, v.bits(1)), v.bits(0)));
  const y = v.keep(v.select(even, cosine(v, r), sine(v, r)));
  return v.xor(y, v.shiftLeft(v.and(v.addInt(n, v.bits(1)), v.bits(2)), 30));
});

export const tan = doubleFunction('tan', 1, (v, x) => {
  const { r, n } = reduce(v, x);
  const even = v.keep(v.equalInt(v.and(n, v.bits(1)), v.bits(0)));
  const s = v.keep(sine(v, r));
  const c = v.keep(cosine(v, r));
  const y = v.keep(v.div(v.select(even, s, c), v.select(even, c, s)));
  return v.select(v.equal(x, 0), x, v.xor(y, v.without(v.signBit, even)));
});

/** x = n pi / 2 + r with |r| <= pi / 4. */
function reduce<V>(v: Lanes<V>, x: V): { r: V; n: V } {
  // Adding 1.5 * 2^52 rounds to an integer, which then stands in the low 32 bits.
  const magic = 6755399441055744;
  const half = (part: 'low' | 'high') => {
    const d = v.double;
    const wide = d.keep(v.widened(x, part));
    const t = d.keep(d.add(d.mul(wide, 2 / Math.PI), magic));
    const n = d.keep(d.sub(t, magic));
    // pi / 2 in two parts, of which the first has 33 bits, so that its product with n is exact.
    const r = d.sub(d.sub(wide, d.mul(n, 1.5707963267341256)), d.mul(n, 6.077100506506192e-11));
    return { t, r: v.narrowed(r) };
  };
  const low = half('low');
  const high = half('high');
  return {
    r: v.keep(v.joined(low.r, high.r)),
    n: v.keep(v.joinedWords(low.t, high.t)),
  };
}

/** sin r for |r| <= pi / 4 (Cephes). */
function sine<V>(v: Lanes<V>, r: V): V {
  const z = v.keep(v.mul(r, r));
  const p = v.polynomial(z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]);
  return v.fma(v.mul(p, z), r, r);
}

/** cos r for |r| <= pi / 4 (Cephes). */
function cosine<V>(v: Lanes<V>, r: V): V {
  const z = v.keep(v.mul(r, r));
  const p = v.polynomial(z, [2.443315711809948e-5, -0.001388731625493765, 0.04166664568298827]);
  return v.fma(v.mul(p, z), z, v.fma(z, -0.5, 1));
}
