import { type Field, f } from '../base/field/field.ts';
import { type Activation, type ActivationLike, get, serialize } from './index.ts';

/** An option that takes an activation. */
export const activationField = (initial: ActivationLike = null): Field<ActivationLike, Activation, false> =>
  f.custom<ActivationLike, Activation>({
    expects: 'the name of an activation (such as "relu"), a function of a tensor, or null',
    check: (v): v is ActivationLike => v === null || ['string', 'function', 'object'].includes(typeof v),
    parse: (v) => get(v),
    toDisk: serialize,
    initial,
  });
