export { cholesky } from './cholesky.ts';
export { eig } from './eig.ts';
export { eigh } from './eigh.ts';
export { lu } from './lu.ts';
export { type QrAttrs, qr } from './qr.ts';
export { type SvdAttrs, svd, tallSvd } from './svd.ts';
export { type TriangularSolveAttrs, triangularSolve } from './triangular-solve.ts';
