import type { OptionNames } from '../../base/options.ts';

/** How far numbers may lie apart and count as equal: `atol + rtol · |x2|`. */
export interface CloseOptions {
  /** Part of the second number's size. Default: 1e-5. */
  readonly rtol?: number;
  /** Distance whatever the sizes. Default: 1e-8. */
  readonly atol?: number;
  /** Whether NaN equals NaN. */
  readonly equalNan?: boolean;
}
export const closeOptions: OptionNames<CloseOptions> = { rtol: true, atol: true, equalNan: true };
