import { type Field, f } from '../base/field/field.ts';
import { get, type RegularizerLike, serialize } from './index.ts';
import type { Regularizer } from './regularizer.ts';

/** An option that takes a regularizer or null. */
export const regularizerField = (initial: RegularizerLike = null): Field<RegularizerLike, Regularizer | null, false> =>
  f.custom<RegularizerLike, Regularizer | null>({
    expects: 'the name of a regularizer (such as "l2"), its config, a regularizer, or null',
    check: (v): v is RegularizerLike => v === null || ['string', 'function', 'object'].includes(typeof v),
    parse: (v) => get(v),
    toDisk: serialize,
    initial,
  });
