import type { Algebra } from '../../algebra/algebra.ts';
import type { Stmt } from '../../ir/loops.ts';
import { hoist } from './hoist.ts';
import { spread } from './spread.ts';

/** Loops as turns that are workers of their own, with what does not change computed in front of them. */
export const asTurns = (list: readonly Stmt[], algebra: Algebra): readonly Stmt[] => hoist(spread(list), algebra);
