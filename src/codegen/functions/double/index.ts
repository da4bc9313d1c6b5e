import { digamma, lgamma } from './gamma.ts';
import type { DoubleFunction } from './lanes.ts';
import { pow } from './pow.ts';
import { cos, sin, tan } from './trigonometric.ts';

/** Functions of f32 vectors that take f64 on the way, which not every device has. */
export const doubleFunctions = { pow, sin, cos, tan, lgamma, digamma } satisfies Record<string, DoubleFunction>;
export type { DoubleFunction, Lanes } from './lanes.ts';
