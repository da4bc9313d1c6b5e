import { enableInteractiveLogging, floatx } from '../base/config.ts';
import { asDType, type DType } from '../base/dtype.ts';
import { forgetDtypePolicy } from '../base/dtype-policy.ts';
import { exact } from '../base/exact.ts';
import { resetNames } from '../base/naming.ts';
import { forgetGlobalSeed } from '../random/seed-generator.ts';

/**
 * Resets the library's global state: automatic names start over (`dense`, `dense_1`, …), the global dtype policy is
 * that of `floatx` again, unseeded draws get a new seed, and interactive logging is enabled.
 * @example keras.utils.clearSession()
 */
export const clearSession = exact('utils.clearSession', 0, function clearSession(): void {
  resetNames();
  forgetDtypePolicy();
  forgetGlobalSeed();
  enableInteractiveLogging();
});

/**
 * The library's name of a dtype: `floatx` for null, and 32-bit types for 64-bit ones.
 * @example keras.utils.standardizeDtype('int64') // 'int32'
 */
export const standardizeDtype = exact(
  'utils.standardizeDtype',
  1,
  (dtype: string | null | undefined): DType =>
    dtype === null || dtype === undefined ? floatx() : asDType(dtype === 'int' ? 'int32' : dtype, 'standardizeDtype'),
);
