import { enableInteractiveLogging, floatx } from '../base/config.ts';
import { asDType, type DType } from '../base/dtype.ts';
import { forgetDtypePolicy } from '../base/dtype-policy.ts';
import { exact } from '../base/exact.ts';
import { resetNames } from '../base/naming.ts';
import { forgetGlobalSeed } from '../random/seed-generator.ts';

/**
 * Forgets what the library keeps between models: automatic names begin anew (`dense`, `dense_1`, …), the global dtype policy is
 * that of `floatx` again, draws without a seed begin with a new one, and interactive logging is enabled.
 * @example keras.utils.clearSession()
 */
export const clearSession = exact('utils.clearSession', 0, function clearSession(): void {
  resetNames();
  forgetDtypePolicy();
  forgetGlobalSeed();
  enableInteractiveLogging();
});

/**
 * The name under which the library knows a dtype: `floatx` for null, and the types of 32 bits for those of 64.
 * @example keras.utils.standardizeDtype('int64') // 'int32'
 */
export const standardizeDtype = exact(
  'utils.standardizeDtype',
  1,
  (dtype: string | null | undefined): DType =>
    dtype === null || dtype === undefined ? floatx() : asDType(dtype === 'int' ? 'int32' : dtype, 'standardizeDtype'),
);
