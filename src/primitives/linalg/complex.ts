import { apply, constant, type Expr, load, type Region, type ScalarType } from '../../ir/expr.ts';
import { type Stmt, store } from '../../ir/loops.ts';
import { variable } from './matrix.ts';

/** A complex number of a loop nest. */
export interface Complex {
  readonly re: Expr;
  readonly im: Expr;
}
const mul = (a: Expr, b: Expr): Expr => apply('mul', a, b);

export const real = (re: Expr): Complex => ({ re, im: constant(0, re.type) });
export const plusC = (a: Complex, b: Complex): Complex => ({
  re: apply('add', a.re, b.re),
  im: apply('add', a.im, b.im),
});
export const minusC = (a: Complex, b: Complex): Complex => ({
  re: apply('sub', a.re, b.re),
  im: apply('sub', a.im, b.im),
});
export const timesC = (a: Complex, b: Complex): Complex => ({
  re: apply('sub', mul(a.re, b.re), mul(a.im, b.im)),
  im: apply('add', mul(a.re, b.im), mul(a.im, b.re)),
});
export const conjugate = (a: Complex): Complex => ({ re: a.re, im: apply('neg', a.im) });
export const scaled = (a: Complex, factor: Expr): Complex => ({ re: mul(a.re, factor), im: mul(a.im, factor) });
/** `|a|²`. */
export const square = (a: Complex): Expr => apply('add', mul(a.re, a.re), mul(a.im, a.im));
export const absolute = (a: Complex): Expr => apply('sqrt', square(a));
export const overC = (a: Complex, b: Complex): Complex => scaled(timesC(a, conjugate(b)), apply('div', 1, square(b)));
/** The root with positive real part. */
export function rootOf(a: Complex): Complex {
  const size = absolute(a);
  const half = (x: Expr): Expr => apply('sqrt', apply('max', apply('mul', x, 0.5), 0));
  const im = half(apply('sub', size, a.re));
  return { re: half(apply('add', size, a.re)), im: apply('select', apply('lt', a.im, 0), apply('neg', im), im) };
}

/** A complex array as two real ones. */
export interface ComplexRegion {
  at(...index: Expr[]): Complex;
  put(index: readonly Expr[], value: Complex): Stmt[];
}
export const complexRegion = (re: Region, im: Region, batch: readonly Expr[]): ComplexRegion => ({
  at: (...index) => ({ re: load(re, [...batch, ...index]), im: load(im, [...batch, ...index]) }),
  put: (index, value) => [store(re, [...batch, ...index], value.re), store(im, [...batch, ...index], value.im)],
});

/** A mutable complex number. */
export function complexVariable(name: string, type: ScalarType): { value: Complex; set(value: Complex): Stmt[] } {
  const [re, im] = [variable(`${name}.re`, type), variable(`${name}.im`, type)];
  const next = [variable(`${name}.next.re`, type), variable(`${name}.next.im`, type)] as const;
  return {
    value: { re: re.value, im: im.value },
    // Both parts are known before either changes.
    set: (value) => [next[0].set(value.re), next[1].set(value.im), re.set(next[0].value), im.set(next[1].value)],
  };
}
