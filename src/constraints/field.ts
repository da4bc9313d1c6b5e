import { type Field, f } from '../base/field/field.ts';
import type { Constraint } from './constraint.ts';
import { type ConstraintLike, get, serialize } from './index.ts';

/** An option that takes a constraint or null. */
export const constraintField = (initial: ConstraintLike = null): Field<ConstraintLike, Constraint | null, false> =>
  f.custom<ConstraintLike, Constraint | null>({
    expects: 'the name of a constraint (such as "non_neg"), its config, a constraint, or null',
    check: (v): v is ConstraintLike => v === null || ['string', 'function', 'object'].includes(typeof v),
    parse: (v) => get(v),
    toDisk: serialize,
    initial,
  });
