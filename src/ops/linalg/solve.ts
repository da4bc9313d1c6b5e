import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { gather } from '../../primitives/indexing/gather.ts';
import { cholesky as choleskyOf } from '../../primitives/linalg/cholesky.ts';
import { lu } from '../../primitives/linalg/lu.ts';
import { triangularSolve } from '../../primitives/linalg/triangular-solve.ts';
import { reduceProd, reduceSum } from '../../primitives/reduce.ts';
import { download, storageOf } from '../../runtime/storage.ts';
import { KerasTensor } from '../../tensor/keras-tensor.ts';
import type { Like } from '../../tensor/like.ts';
import { multiplied } from '../numpy/linear.ts';
import { diagonalOf } from '../numpy/matrix.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { exactOp, op } from '../op.ts';
import { cast, like } from '../operands.ts';
import { floatType, resultType } from '../promotion.ts';
import { identityLike, matrixOf, transposed } from './matrices.ts';

export interface TriangleOption {
  /** Whether the factor is upper triangular. */
  readonly upper?: boolean | undefined;
}
const triangleOption: OptionNames<TriangleOption> = { upper: true };
const choleskyOp = op(
  'cholesky',
  (x: Tensor, { upper = false }: TriangleOption = {}) => {
    const l = choleskyOf(matrixOf('cholesky', x, { isSquare: true }));
    return cast(upper ? transposed(l) : l, floatType(x.dtype));
  },
  ['tensor'],
  triangleOption,
);
/** The triangular L with `x = L·Lᵀ`, of a symmetric positive definite matrix. @example cholesky([[4, 2], [2, 5]]) // [[2, 0], [1, 2]] */
export const cholesky = exactOp('cholesky', 2, (x: Like, options: TriangleOption = {}): Tensor => {
  const l = choleskyOp(x, options);
  // A compiled program cannot throw; if the numbers are already known, a failure is reported at once.
  if (!(l instanceof KerasTensor) && l.storage && !storageOf(l).device.isRemote) {
    const data = download(l);
    if (!(data instanceof Promise) && Array.from(data).some(Number.isNaN))
      fail('cholesky', 'the matrix is not positive definite', 'give a symmetric matrix with positive eigenvalues');
  }
  return l;
});
/** The inverse of the matrix whose Cholesky factor is given. @example choleskyInverse([[2, 0], [0, 1]]) // [[0.25, 0], [0, 1]] */
export const choleskyInverse = op(
  'choleskyInverse',
  (x: Tensor, { upper = false }: TriangleOption = {}) => {
    const l = matrixOf('choleskyInverse', x, { isSquare: true });
    const inverse = triangularSolve(l, identityLike(l), { lower: !upper, transpose: false, unitDiagonal: false });
    return cast(
      upper ? multiplied(inverse, transposed(inverse)) : multiplied(transposed(inverse), inverse),
      floatType(x.dtype),
    );
  },
  ['tensor'],
  triangleOption,
);

/**
 * LU decomposition with row exchanges: L (below the diagonal) and U in one matrix, and the row with which each row was
 * exchanged.
 * @example luFactor([[0, 1], [2, 0]])[1] // [1, 1]
 */
export const luFactor = op('luFactor', (x: Tensor): [Tensor, Tensor] => {
  const [packed, pivots] = lu(matrixOf('luFactor', x));
  return [packed, pivots];
});

/** b with the axes of a: vectors become columns. */
function solved(who: string, a0: Tensor, b0: Tensor, f: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const a = matrixOf(who, a0, { isSquare: true });
  const isVector = b0.shape.length === a.shape.length - 1;
  const b = cast(isVector ? reshapeTo(b0, [...b0.shape, 1]) : b0, a.dtype);
  if (showShape(b.shape.slice(0, -1)) !== showShape(a.shape.slice(0, -1)))
    fail(who, `a has shape ${showShape(a0.shape)}, b ${showShape(b0.shape)}`, 'give b as many rows as a');
  const x = f(a, b);
  return cast(isVector ? reshapeTo(x, b0.shape) : x, floatType(resultType(a0.dtype, b0.dtype)));
}
export function solveWith(a: Tensor, b: Tensor): Tensor {
  const [packed, , permutation] = lu(a);
  const batch = a.shape.length - 2;
  const rows = gather(b, [permutation], { batch, axes: [batch], mode: 'clamp', fill: 0 });
  const y = triangularSolve(packed, rows, { lower: true, transpose: false, unitDiagonal: true });
  return triangularSolve(packed, y, { lower: false, transpose: false, unitDiagonal: false });
}
/** The x with `a·x = b`. @example solve([[2, 0], [0, 4]], [2, 4]) // [1, 1] */
export const solve = op('solve', (a: Tensor, b: Tensor) => solved('solve', a, b, solveWith), ['tensor', 'tensor']);
/** The x with `a·x = b` for triangular a. @example solveTriangular([[2, 0], [1, 1]], [2, 3], { lower: true }) // [1, 2] */
export const solveTriangular = op(
  'solveTriangular',
  (
    a: Tensor,
    b: Tensor,
    {
      lower = false,
    }: {
      /** Whether the matrix is lower triangular; upper by default. */
      readonly lower?: boolean | undefined;
    } = {},
  ) =>
    solved('solveTriangular', a, b, (x, y) => triangularSolve(x, y, { lower, transpose: false, unitDiagonal: false })),
  ['tensor', 'tensor'],
  { lower: true },
);
/** The inverse of a matrix. @example inv([[2, 0], [0, 4]]) // [[0.5, 0], [0, 0.25]] */
export const inv = op('inv', (x: Tensor) => {
  const a = matrixOf('inv', x, { isSquare: true });
  return cast(solveWith(a, identityLike(a)), floatType(x.dtype));
});

/** Diagonal of U, and the sign that row exchanges bring. */
function pivoted(who: string, x: Tensor): { diagonal: Tensor; sign: Tensor } {
  const a = matrixOf(who, x, { isSquare: true });
  const [packed, pivots] = lu(a);
  const rank = a.shape.length;
  const row = iota({ shape: pivots.shape, dtype: 'int32', axis: rank - 2 });
  const turned = p.select(p.ne(pivots, row), cast(like(pivots, -1), a.dtype), cast(like(pivots, 1), a.dtype));
  return { diagonal: diagonalOf(who, packed, 0, rank - 2, rank - 1), sign: reduceProd(turned, { axes: [rank - 2] }) };
}
/** Determinant. @example det([[1, 2], [3, 4]]) // -2 */
export const det = op('det', (x: Tensor) => {
  const { diagonal, sign } = pivoted('det', x);
  return cast(p.mul(sign, reduceProd(diagonal, { axes: [diagonal.shape.length - 1] })), floatType(x.dtype));
});
function signAndLog(who: string, x: Tensor): [Tensor, Tensor] {
  const { diagonal, sign } = pivoted(who, x);
  const last = { axes: [diagonal.shape.length - 1] };
  return [p.mul(sign, reduceProd(p.sign(p.stopGradient(diagonal)), last)), reduceSum(p.log(p.abs(diagonal)), last)];
}
/** Sign of the determinant, and logarithm of its size. @example slogdet([[2, 0], [0, -1]])[0] // -1 */
export const slogdet = op('slogdet', (x: Tensor) => signAndLog('slogdet', x));
/** Logarithm of the determinant of a positive definite matrix. @example logdet([[2, 0], [0, 1]]) // 0.6931 */
export const logdet = op('logdet', (x: Tensor) => signAndLog('logdet', x)[1]);
