import { exact } from '../base/exact.ts';
import type { OrAnyName } from '../base/naming.ts';
import { identifierOf } from '../base/registry/identify.ts';
import { type CustomObjects, serializeObject } from '../base/registry/serialize.ts';
import type { Tensor } from '../ir/tensor.ts';
import { L1, L1L2, L2 } from './norms.ts';
import { OrthogonalRegularizer } from './orthogonal.ts';
import type { Regularizer } from './regularizer.ts';

export { L1, L1 as l1, L1L2, L1L2 as l1L2, L2, L2 as l2 } from './norms.ts';
export { OrthogonalRegularizer, OrthogonalRegularizer as orthogonalRegularizer } from './orthogonal.ts';
export { Regularizer } from './regularizer.ts';

/** What stands for a regularizer: a name, a config, a class, an object, or a function of a tensor. */
export type RegularizerLike =
  | OrAnyName<'l1' | 'l2' | 'l1_l2' | 'orthogonal_regularizer'>
  | Regularizer<any>
  | ((x: Tensor) => Tensor)
  | object
  | null;

const identify = identifierOf({
  kind: 'regularizer',
  module: 'keras.regularizers',
  classes: [L1, L2, L1L2, OrthogonalRegularizer],
  formerNames: { l1_l2: L1L2 },
});
/** The regularizer that an identifier stands for; null for null. @example get('l2') */
export const get = exact(
  'regularizers.get',
  2,
  (identifier: RegularizerLike | undefined, customObjects?: CustomObjects): Regularizer | null =>
    identify(identifier, customObjects) as Regularizer | null,
);
/** The regularizer as configs hold it. */
export const serialize = exact('regularizers.serialize', 1, (regularizer: unknown): unknown =>
  serializeObject(regularizer),
);
/** The regularizer that a config describes. */
export const deserialize = exact(
  'regularizers.deserialize',
  2,
  (config: object, customObjects?: CustomObjects): Regularizer | null => get(config, customObjects),
);
