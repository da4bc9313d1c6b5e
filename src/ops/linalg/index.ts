export { eig, eigh, lstsq, matrixRank, norm, pinv, qr, type SvdOptions, svd } from './factor.ts';
export { jvp } from './jvp.ts';
export { cholesky, choleskyInverse, det, inv, luFactor, solve, solveTriangular } from './solve.ts';
