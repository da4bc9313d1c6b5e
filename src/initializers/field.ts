import { type Field, f } from '../base/field/field.ts';
import { get, type InitializerFunction, type InitializerLike, serialize } from './index.ts';

const isInitializerLike = (v: unknown): v is InitializerLike =>
  typeof v === 'string' || typeof v === 'function' || (typeof v === 'object' && v !== null);
const rule = {
  expects: 'the name of an initializer (such as "he_normal"), its config, or an initializer',
  toDisk: serialize,
};
/** An option that takes an initializer. */
export const initializerField = (initial: InitializerLike): Field<InitializerLike, InitializerFunction, false> =>
  f.custom<InitializerLike, InitializerFunction>({ ...rule, check: isInitializerLike, parse: (v) => get(v)!, initial });
/** An option that takes an initializer or null. */
export const optionalInitializerField = (
  initial: InitializerLike = null,
): Field<InitializerLike, InitializerFunction | null, false> =>
  f.custom<InitializerLike, InitializerFunction | null>({
    ...rule,
    check: (v): v is InitializerLike => v === null || isInitializerLike(v),
    parse: (v) => get(v),
    initial,
  });
