import { fail } from '../../base/errors.ts';
import { range, showShape } from '../../base/shape.ts';
import { complex } from '../../ir/complex.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { eig as eigenOf } from '../../primitives/linalg/eig.ts';
import { eigh as symmetricEigen } from '../../primitives/linalg/eigh.ts';
import { qr as qrOf } from '../../primitives/linalg/qr.ts';
import { svd as svdOf } from '../../primitives/linalg/svd.ts';
import { transpose } from '../../primitives/movement.ts';
import { reduceMax, reduceSum } from '../../primitives/reduce.ts';
import { multiplied } from '../numpy/linear.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { matrixOf, overRows, transposed } from './matrices.ts';
import { type NormOptions, normOver } from './norm.ts';

/** Eigenvalues and eigenvectors (as columns) of a square matrix, complex64. @example abs(eig([[2, 0], [0, 3]])[0]) // [2, 3] */
export const eig = op('eig', (x: Tensor): [Tensor, Tensor] => {
  const [wr, wi, vr, vi] = eigenOf(matrixOf('eig', x, { isSquare: true }));
  return [complex(wr, wi), complex(vr, vi)];
});
/** Eigenvalues, ascending, and eigenvectors (as columns) of a symmetric matrix. @example eigh([[2, 0], [0, 1]])[0] // [1, 2] */
export const eigh = op('eigh', (x: Tensor): [Tensor, Tensor] => {
  const [values, vectors] = symmetricEigen(matrixOf('eigh', x, { isSquare: true }));
  return [values, vectors];
});
/** `x = Q·R`: orthonormal columns and an upper triangle; `complete` makes Q square. @example qr([[3], [4]])[1] // [[-5]] */
export const qr = op(
  'qr',
  (
    x: Tensor,
    {
      mode = 'reduced',
    }: {
      /** `'reduced'` (the default): Q has as many columns as there are in the matrix or rows, whichever is fewer; `'complete'`: Q is square. */
      readonly mode?: 'reduced' | 'complete' | undefined;
    } = {},
  ): [Tensor, Tensor] => {
    if (mode !== 'reduced' && mode !== 'complete')
      fail('qr', `unknown mode "${String(mode)}"`, 'use "reduced" or "complete"');
    const [q, r] = qrOf(matrixOf('qr', x), { full: mode === 'complete' });
    return [q, r];
  },
  ['tensor'],
  { mode: true },
);
/** Options of `svd`. */
export interface SvdOptions {
  /** Whether U and Vᵀ are square. */
  readonly fullMatrices?: boolean | undefined;
  /** Whether to return U and Vᵀ; otherwise only the singular values. */
  readonly computeUv?: boolean | undefined;
}
/** `x = U·diag(s)·Vᵀ`, s descending: `[U, s, Vᵀ]`, or s alone. @example svd([[3, 0], [0, 4]], { computeUv: false }) // [4, 3] */
export const svd = op(
  ['svd', 'SVD'],
  (x: Tensor, { fullMatrices = true, computeUv = true }: SvdOptions = {}): [Tensor, Tensor, Tensor] | Tensor => {
    const { u, s, v } = svdOf(matrixOf('svd', x), { full: fullMatrices && computeUv });
    return computeUv ? [u, s, transposed(v)] : s;
  },
  ['tensor'],
  { fullMatrices: true, computeUv: true },
) as {
  (x: Parameters<typeof eigh>[0], options: SvdOptions & { readonly computeUv: false }): Tensor;
  (x: Parameters<typeof eigh>[0], options?: SvdOptions): [Tensor, Tensor, Tensor];
  readonly opName: string;
};
const roundOff = 2 ** -23;
/** One number per matrix, broadcast over its singular values. */
const over = (x: Tensor, s: Tensor): Tensor => spreadTo(reshapeTo(x, [...s.shape.slice(0, -1), 1]), s.shape);
const largest = (s: Tensor): Tensor => reduceMax(s, { axes: [s.shape.length - 1] });
/** Pseudoinverse: singular values below a fraction of the largest count as 0. */
function pseudoInverse(x: Tensor, share: number): Tensor {
  const { u, s, v } = svdOf(x, { full: false });
  const isKept = p.gt(s, over(p.mul(largest(s), like(largest(s), share)), s));
  const inverse = p.select(isKept, p.div(like(s, 1), p.select(isKept, s, like(s, 1))), like(s, 0));
  return multiplied(p.mul(v, overRows(inverse, v.shape.at(-2)!)), transposed(u));
}
/** The Moore-Penrose pseudoinverse. @example pinv([[2, 0], [0, 0]]) // [[0.5, 0], [0, 0]] */
export const pinv = op(
  'pinv',
  (
    x: Tensor,
    {
      rcond,
    }: {
      /**
       * Singular values below this fraction of the largest count as 0; by default the dtype's precision times the
       * longer side.
       */
      readonly rcond?: number | null | undefined;
    } = {},
  ) => {
    const a = matrixOf('pinv', x);
    return pseudoInverse(a, rcond ?? 10 * Math.max(a.shape.at(-1)!, a.shape.at(-2)!) * roundOff);
  },
  ['tensor'],
  { rcond: true },
);
/** The x for which `|a·x - b|` is smallest. @example lstsq([[1], [1]], [1, 3]) // [2] */
export const lstsq = op(
  'lstsq',
  (
    a0: Tensor,
    b0: Tensor,
    {
      rcond,
    }: {
      /** Singular values below this fraction of the largest count as 0; by default the dtype's precision times the longer side. */
      readonly rcond?: number | null | undefined;
    } = {},
  ) => {
    const a = matrixOf('lstsq', a0);
    if (a.shape.length !== 2 || b0.shape.length > 2 || b0.shape[0] !== a.shape[0])
      fail(
        'lstsq',
        `a has shape ${showShape(a0.shape)}, b ${showShape(b0.shape)}`,
        'give a matrix, and b with as many rows',
      );
    const share = rcond ?? Math.max(a.shape[0], a.shape[1]) * roundOff;
    return multiplied(pseudoInverse(a, share), cast(b0, a.dtype));
  },
  ['tensor', 'tensor'],
  { rcond: true },
);
/** How many singular values exceed `tol`. @example matrixRank([[1, 0], [0, 0]]) // 1 */
export const matrixRank = op(
  'matrixRank',
  (
    x: Tensor,
    {
      tol,
    }: {
      /** Singular values above it count; by default the largest times the longer side times the dtype's precision. */
      readonly tol?: number | null | undefined;
    } = {},
  ) => {
    const a = matrixOf('matrixRank', x);
    const { s } = svdOf(a, { full: false });
    const least =
      tol === undefined || tol === null
        ? p.mul(largest(s), like(largest(s), Math.max(a.shape.at(-1)!, a.shape.at(-2)!) * roundOff))
        : like(largest(s), tol);
    return reduceSum(cast(p.gt(s, over(least, s)), 'int32'), { axes: [s.shape.length - 1] });
  },
  ['tensor'],
  { tol: true },
);
/** Singular values of the matrices in two axes. */
function singularValues(x: Tensor, [rows, columns]: readonly [number, number]): Tensor {
  const rest = range(x.shape.length).filter((d) => d !== rows && d !== columns);
  return svdOf(transpose(x, { perm: [...rest, rows, columns] }), { full: false }).s;
}
/** Norm of vectors, of matrices, or of the whole tensor. @example norm([3, 4]) // 5 */
export const norm = op(
  'norm',
  (x: Tensor, options: NormOptions = {}) => normOver(x, options, singularValues),
  ['tensor'],
  { ord: true, axis: true, keepdims: true },
);
