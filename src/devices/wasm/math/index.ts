/** Functions of float32 vectors that are computed in float64. */
export { digamma, lgamma } from './gamma.ts';
export { pow } from './pow.ts';
export { cos, sin, tan } from './trigonometric.ts';
export { callable, type VectorFunction } from './vector-function.ts';
