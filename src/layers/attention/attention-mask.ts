import { abs, arange, cast, expandDims, less, logicalAnd, subtract } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { maskOf } from '../layer/masks.ts';
import { causalMask } from './dot-attention.ts';
import type { ProjectedCallOptions } from './projections.ts';

/** Everything that limits what queries see, as one mask `[n or 1, t, s]`; undefined if nothing does. */
export function attentionMask(
  query: Tensor,
  value: Tensor,
  key: Tensor,
  options: ProjectedCallOptions,
  slidingWindow: number | null,
): Tensor | undefined {
  const queryMask = options.queryMask ?? maskOf(query);
  const valueMask = options.valueMask ?? maskOf(value);
  const keyMask = options.keyMask ?? (options.key ? maskOf(key) : undefined);
  const [t, s] = [query.shape[1], value.shape[1]];
  const masks = [
    options.attentionMask && cast(options.attentionMask, 'bool'),
    queryMask && expandDims(cast(queryMask, 'bool'), -1),
    valueMask && expandDims(cast(valueMask, 'bool'), -2),
    keyMask && expandDims(cast(keyMask, 'bool'), -2),
    options.useCausalMask && causalMask(t, s),
    slidingWindow !== null && nearby(t, s, slidingWindow),
  ].filter((m): m is Tensor => Boolean(m));
  return masks.length === 0 ? undefined : masks.reduce((a, b) => logicalAnd(a, b));
}
/** True where positions lie less than `window` apart: `[1, t, s]`. */
const nearby = (t: number, s: number, window: number): Tensor =>
  less(abs(subtract(expandDims(arange(t), [0, 2]), expandDims(arange(s), [0, 1]))), window);
