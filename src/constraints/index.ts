import { type Field, f } from '../base/field.ts';
import { identifierOf } from '../base/identify.ts';
import { type CustomObjects, serializeObject } from '../base/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { Constraint } from './constraint.ts';
import { MaxNorm, MinMaxNorm, NonNeg, UnitNorm } from './norms.ts';

export { Constraint } from './constraint.ts';
export {
  MaxNorm,
  MaxNorm as maxNorm,
  MinMaxNorm,
  MinMaxNorm as minMaxNorm,
  NonNeg,
  NonNeg as nonNeg,
  UnitNorm,
  UnitNorm as unitNorm,
} from './norms.ts';

/** What stands for a constraint: a name, a config, a class, an object, or a function of a tensor. */
export type ConstraintLike = string | Constraint<any> | ((w: Tensor) => Tensor) | object | null;

const identify = identifierOf({
  kind: 'constraint',
  module: 'keras.constraints',
  classes: [MaxNorm, MinMaxNorm, NonNeg, UnitNorm],
});
/** The constraint that an identifier stands for; null for null. @example get('non_neg') */
export const get = (identifier: ConstraintLike | undefined, customObjects?: CustomObjects): Constraint | null =>
  identify(identifier, customObjects) as Constraint | null;
/** The constraint as configs hold it. */
export const serialize = (constraint: unknown): unknown => serializeObject(constraint);
/** The constraint that a config describes. */
export const deserialize = (config: object, customObjects?: CustomObjects): Constraint | null =>
  get(config, customObjects);

/** An option that takes a constraint or null. */
export const constraintField = (initial: ConstraintLike = null): Field<ConstraintLike, Constraint | null, false> =>
  f.custom<ConstraintLike, Constraint | null>({
    expects: 'the name of a constraint (such as "non_neg"), its config, a constraint, or null',
    check: (v): v is ConstraintLike => v === null || ['string', 'function', 'object'].includes(typeof v),
    parse: (v) => get(v),
    toDisk: serialize,
    initial,
  });
