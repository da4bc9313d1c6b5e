/**
 * Mathematical functions of float32 vectors.
 *
 * ```ts
 * f.call(callable(module, exp), x);                                    // as a function of the module, or
 * f.set(y, exp.emit(new Lanes(f, module), x));                         // in line: faster, more code
 * f.call(callable(module, erfinv, 'exact'), x);                        // the same bits on every engine
 * ```
 * A scalar is one lane of a vector.
 */
export { erf } from './erf.ts';
export { erfinv } from './erfinv.ts';
export { exp } from './exp.ts';
export { expm1 } from './expm1.ts';
export { digamma, lgamma } from './gamma.ts';
export { acosh, asinh, atanh, cosh, sinh } from './hyperbolic.ts';
export { acos, asin, atan, atan2 } from './inverse-trigonometric.ts';
export { Lanes, type Rounding, type Value } from './lanes.ts';
export { log } from './log.ts';
export { log1p } from './log1p.ts';
export { pow } from './pow.ts';
export { sigmoid } from './sigmoid.ts';
export { tanh } from './tanh.ts';
export { cos, sin, tan } from './trigonometric.ts';
export { callable, type VectorFunction } from './vector-function.ts';
