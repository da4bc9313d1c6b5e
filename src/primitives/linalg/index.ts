export { cholesky } from './cholesky.ts';
export { lu } from './lu.ts';
export { type QrAttrs, qr } from './qr.ts';
export { type TriangularSolveAttrs, triangularSolve } from './triangular-solve.ts';
