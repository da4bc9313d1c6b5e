import { exact } from '../base/exact.ts';
import type { OrAnyName } from '../base/naming.ts';
import { identifierOf } from '../base/registry/identify.ts';
import { type CustomObjects, serializeObject } from '../base/registry/serialize.ts';
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
export type ConstraintLike =
  | OrAnyName<'max_norm' | 'min_max_norm' | 'non_neg' | 'unit_norm'>
  | Constraint<any>
  | ((w: Tensor) => Tensor)
  | object
  | null;

const identify = identifierOf({
  kind: 'constraint',
  module: 'keras.constraints',
  classes: [MaxNorm, MinMaxNorm, NonNeg, UnitNorm],
});
/** The constraint that an identifier stands for; null for null. @example get('non_neg') */
export const get = exact(
  'constraints.get',
  2,
  (identifier: ConstraintLike | undefined, customObjects?: CustomObjects): Constraint | null =>
    identify(identifier, customObjects) as Constraint | null,
);
/** The constraint as configs hold it. */
export const serialize = exact('constraints.serialize', 1, (constraint: unknown): unknown =>
  serializeObject(constraint),
);
/** The constraint that a config describes. */
export const deserialize = exact(
  'constraints.deserialize',
  2,
  (config: object, customObjects?: CustomObjects): Constraint | null => get(config, customObjects),
);
