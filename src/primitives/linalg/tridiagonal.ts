import { apply, constant, type Expr, load, minus, plus, type Region, scalarType } from '../../ir/expr.ts';
import { accumulate, type Stmt, store, when, whileLoop } from '../../ir/loops.ts';
import { roundingOf } from './jacobi.ts';
import { each, lanes, sidesOf, variable } from './matrix.ts';

/**
 * The regions of the factors of `x = q·t·qᵀ`: t's diagonal, its off-diagonal (followed by a zero), and the rows of qᵀ.
 */
export interface Tridiagonal {
  readonly diagonal: Region;
  readonly beside: Region;
  readonly basis: Region;
}
const mul = (a: Expr, b: Expr): Expr => apply('mul', a, b);

/**
 * Reduces the symmetric matrix in `work` to tridiagonal form by Householder reflections `1 − tau·v·vᵀ`: `x = q·t·qᵀ`,
 * where q is their product. The contents of `work` are lost.
 */
export function tridiagonalize(
  work: Region,
  { diagonal, beside, basis }: Tridiagonal,
  vectors: Region,
  image: Region,
  index: readonly Expr[],
): readonly Stmt[] {
  const [n] = sidesOf(work);
  const type = scalarType(work.dtype);
  const at = (i: Expr, j: Expr): Expr[] => [...index, i, j];
  const a = (i: Expr, j: Expr): Expr => load(work, at(i, j));
  // Zero up to its k-th entry, so that loops may run over whole rows.
  const v = (k: Expr, i: Expr): Expr => load(vectors, at(k, i));
  const w = (i: Expr): Expr => load(image, [...index, i]);
  const [tail, head, beta, tau, sum] = ['tail', 'head', 'beta', 'tau', 'sum'].map((name) => variable(name, type)) as [
    Variable,
    Variable,
    Variable,
    Variable,
    Variable,
  ];
  /** The sum of products of two rows, into `sum`. */
  const product = (left: (j: Expr) => Expr, right: (j: Expr) => Expr): Stmt[] => [
    sum.set(0),
    lanes(n, 'j', (j) => [accumulate(sum.local, 'add', mul(left(j), right(j)))]),
  ];
  const vectorOf = (k: Expr): Stmt[] => [
    tail.set(0),
    each(n, 'j', (j) => [
      store(vectors, at(k, j), apply('select', apply('gt', j, k), a(k, j), constant(0, type))),
      when(apply('gt', j, plus(k, 1)), [accumulate(tail.local, 'add', mul(a(k, j), a(k, j)))]),
    ]),
    head.set(a(k, plus(k, 1))),
    store(diagonal, [...index, k], a(k, k)),
    when(
      apply('eq', tail.value, 0),
      [tau.set(0), beta.set(head.value)],
      [
        beta.set(apply('sqrt', apply('add', mul(head.value, head.value), tail.value))),
        when(apply('ge', head.value, 0), [beta.set(apply('neg', beta.value))]),
        tau.set(apply('div', apply('sub', beta.value, head.value), beta.value)),
        each(n, 'j', (j) => [store(vectors, at(k, j), apply('div', v(k, j), apply('sub', head.value, beta.value)))]),
      ],
    ),
    store(vectors, at(k, plus(k, 1)), constant(1, type)),
    store(beside, [...index, k], beta.value),
  ];
  /** `x − v·wᵀ − w·vᵀ` with `p = tau·x·v`, `w = p − (tau/2)·(p·v)·v`. */
  const reflectBothSides = (k: Expr): Stmt[] => [
    each(n, 'i', (i) => [
      store(image, [...index, i], constant(0, type)),
      when(apply('gt', i, k), [
        ...product(
          (j) => a(i, j),
          (j) => v(k, j),
        ),
        store(image, [...index, i], mul(sum.value, tau.value)),
      ]),
    ]),
    ...product(w, (j) => v(k, j)),
    sum.set(mul(sum.value, apply('mul', tau.value, 0.5))),
    lanes(n, 'j', (j) => [store(image, [...index, j], apply('sub', w(j), mul(sum.value, v(k, j))))]),
    each(n, 'i', (i) => [
      when(apply('gt', i, k), [
        lanes(n, 'j', (j) => [
          store(work, at(i, j), apply('sub', apply('sub', a(i, j), mul(v(k, i), w(j))), mul(w(i), v(k, j)))),
        ]),
      ]),
    ]),
  ];
  const last = constant(n - 1, 'i32');
  return [
    each(n - 1, 'k', (k) => [
      ...vectorOf(k),
      when(apply('ne', tau.value, 0), reflectBothSides(k)),
      // The vector's own entry is not needed, and stores the factor.
      store(vectors, at(k, k), tau.value),
    ]),
    store(diagonal, [...index, last], a(last, last)),
    store(beside, [...index, last], constant(0, type)),
    each(n, 'i', (i) => [
      each(n, 'j', (j) => [
        store(basis, at(i, j), apply('select', apply('eq', i, j), constant(1, type), constant(0, type))),
      ]),
    ]),
    each(n - 1, 'back', (back) => {
      const k = minus(n - 2, back);
      return [
        tau.set(v(k, k)),
        store(vectors, at(k, k), constant(0, type)),
        // Rows up to the k-th are still those of the identity.
        when(apply('ne', tau.value, 0), [
          each(n, 'i', (i) => [
            when(apply('gt', i, k), [
              ...product(
                (j) => load(basis, at(i, j)),
                (j) => v(k, j),
              ),
              sum.set(mul(sum.value, tau.value)),
              lanes(n, 'j', (j) => [
                store(basis, at(i, j), apply('sub', load(basis, at(i, j)), mul(sum.value, v(k, j)))),
              ]),
            ]),
          ]),
        ]),
      ];
    }),
  ];
}
type Variable = ReturnType<typeof variable>;

/**
 * Turns a tridiagonal matrix into a diagonal one by rotations (the QL algorithm with Wilkinson's shift, which stays
 * implicit) and its basis with it: the rows of `basis` become eigenvectors, `diagonal` the eigenvalues, in any order.
 */
export function diagonalize({ diagonal, beside, basis }: Tridiagonal, index: readonly Expr[]): readonly Stmt[] {
  const [n] = sidesOf(basis);
  const type = scalarType(basis.dtype);
  const at = (i: Expr, j: Expr): Expr[] => [...index, i, j];
  const [first, end, row, turns] = ['first', 'end', 'row', 'turns'].map((name) => variable(name, 'i32')) as [
    Variable,
    Variable,
    Variable,
    Variable,
  ];
  const [g, r, sin, cos, p, f, b, kept] = ['g', 'r', 'sin', 'cos', 'p', 'f', 'b', 'kept'].map((name) =>
    variable(name, type),
  ) as [Variable, Variable, Variable, Variable, Variable, Variable, Variable, Variable];
  const d = (i: Expr): Expr => load(diagonal, [...index, i]);
  const e = (i: Expr): Expr => load(beside, [...index, i]);
  const setD = (i: Expr, value: Expr): Stmt => store(diagonal, [...index, i], value);
  const setE = (i: Expr, value: Expr): Stmt => store(beside, [...index, i], value);
  const [add, sub, div, abs] = (['add', 'sub', 'div'] as const)
    .map((op) => (x: Expr, y: Expr) => apply(op, x, y))
    .concat((x: Expr) => apply('abs', x)) as [Binary, Binary, Binary, (x: Expr) => Expr];
  const hypot = (x: Expr, y: Expr): Expr => apply('sqrt', add(mul(x, x), mul(y, y)));
  const next = plus(row.value, 1);

  /** The unreduced block that starts at `first` ends at `end`. */
  const findEnd: Stmt[] = [
    end.set(first.value),
    whileLoop(
      apply(
        'gt',
        abs(e(end.value)),
        apply('mul', add(abs(d(end.value)), abs(d(apply('min', plus(end.value, 1), n - 1)))), roundingOf(basis)),
      ),
      [end.set(plus(end.value, 1))],
    ),
  ];
  const rotateRows = lanes(n, 'j', (j) => [
    kept.set(load(basis, at(next, j))),
    store(basis, at(next, j), add(mul(sin.value, load(basis, at(row.value, j))), mul(cos.value, kept.value))),
    store(basis, at(row.value, j), sub(mul(cos.value, load(basis, at(row.value, j))), mul(sin.value, kept.value))),
  ]);
  const chase: Stmt[] = [
    g.set(div(sub(d(plus(first.value, 1)), d(first.value)), apply('mul', e(first.value), 2))),
    r.set(apply('sqrt', add(mul(g.value, g.value), constant(1, type)))),
    when(apply('lt', g.value, 0), [r.set(apply('neg', r.value))]),
    g.set(add(sub(d(end.value), d(first.value)), div(e(first.value), add(g.value, r.value)))),
    ...[sin.set(1), cos.set(1), p.set(0)],
    row.set(minus(end.value, 1)),
    whileLoop(apply('ge', row.value, first.value), [
      f.set(mul(sin.value, e(row.value))),
      b.set(mul(cos.value, e(row.value))),
      r.set(hypot(f.value, g.value)),
      setE(next, r.value),
      // A rotation between zeros is the identity; the block splits here.
      sin.set(apply('select', apply('eq', r.value, 0), constant(0, type), div(f.value, r.value))),
      cos.set(apply('select', apply('eq', r.value, 0), constant(1, type), div(g.value, r.value))),
      g.set(sub(d(next), p.value)),
      r.set(add(mul(sub(d(row.value), g.value), sin.value), apply('mul', mul(cos.value, b.value), 2))),
      p.set(mul(sin.value, r.value)),
      setD(next, add(g.value, p.value)),
      g.set(sub(mul(cos.value, r.value), b.value)),
      rotateRows,
      row.set(minus(row.value, 1)),
    ]),
    setD(first.value, sub(d(first.value), p.value)),
    setE(first.value, g.value),
    setE(end.value, constant(0, type)),
  ];
  return [
    first.set(0),
    turns.set(0),
    // Two iterations per eigenvalue are typical.
    whileLoop(apply('and', apply('lt', first.value, n), apply('lt', turns.value, 60 * n)), [
      ...findEnd,
      turns.set(plus(turns.value, 1)),
      when(apply('eq', end.value, first.value), [first.set(plus(first.value, 1))], chase),
    ]),
  ];
}
type Binary = (x: Expr, y: Expr) => Expr;
