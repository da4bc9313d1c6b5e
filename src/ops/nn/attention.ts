import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { dot } from '../../primitives/dot.ts';
import * as p from '../../primitives/elementwise.ts';
import { iota } from '../../primitives/generators.ts';
import { broadcast, transpose } from '../../primitives/movement.ts';
import { asTensor, type Like } from '../../tensor/like.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType, resultType } from '../promotion.ts';
import { softmaxOf } from './softmax.ts';

/** Options of `dotProductAttention`. */
export interface AttentionOptions {
  /** Added to the logits; shape `[n, heads, queries, keys]` or broadcastable to it. */
  readonly bias?: Like | null | undefined;
  /** True where a query may look; shape as `bias`. */
  readonly mask?: Like | null | undefined;
  /** Factor of the logits; `1 / sqrt(depth)` by default. */
  readonly scale?: number | null | undefined;
  /** Whether a query sees only keys up to its own position. */
  readonly isCausal?: boolean | undefined;
  /** Ignored: there is only one implementation. */
  readonly flashAttention?: boolean | null | undefined;
  /** Logits are confined to ±cap by `cap · tanh(logits / cap)`. */
  readonly attnLogitsSoftCap?: number | null | undefined;
}

/** Softmax of scaled query-key products, applied to the values: `[n, t, heads, d]`, keys and values may have fewer heads. @example dotProductAttention(ones([1, 2, 1, 4]), ones([1, 3, 1, 4]), ones([1, 3, 1, 4])).shape // [1, 2, 1, 4] */
export const dotProductAttention = op(
  'dotProductAttention',
  (query: Tensor, key: Tensor, value: Tensor, options: AttentionOptions = {}) => {
    if ([query, key, value].some((x) => x.shape.length !== 4))
      fail(
        'dotProductAttention',
        `query, key and value have shapes ${[query, key, value].map((x) => showShape(x.shape)).join(', ')}`,
        'give [batch, positions, heads, depth]',
      );
    const [n, t, heads, depth] = query.shape as [number, number, number, number];
    const [, s, groups] = key.shape as [number, number, number, number];
    if (
      heads % groups !== 0 ||
      value.shape[1] !== s ||
      value.shape[2] !== groups ||
      key.shape[3] !== depth ||
      key.shape[0] !== n ||
      value.shape[0] !== n
    )
      fail(
        'dotProductAttention',
        `query, key and value have shapes ${[query, key, value].map((x) => showShape(x.shape)).join(', ')}`,
        'key and value agree in batch, positions and heads; query and key in depth; heads of the query are a multiple of theirs',
      );
    const common = resultType(query.dtype, key.dtype, value.dtype);
    const dtype = floatType(common);
    const share = heads / groups;
    // Query heads that share a key head are adjacent: [n, t, g, share, d].
    const q = reshapeTo(cast(query, dtype), [n, t, groups, share, depth]);
    const scale = options.scale ?? 1 / Math.sqrt(depth);
    const raw = dot(p.mul(q, like(q, scale)), cast(key, dtype), {
      batch: [
        [0, 2],
        [0, 2],
      ],
      contract: [[4], [3]],
      dtype: wide(dtype),
    });
    // [n, g, t, share, s] -> [n, heads, t, s]
    let logits = reshapeTo(share === 1 ? raw : transpose(raw, { perm: [0, 1, 3, 2, 4] }), [n, heads, t, s]);
    const cap = options.attnLogitsSoftCap;
    if (cap !== undefined && cap !== null) logits = p.mul(p.tanh(p.div(logits, like(logits, cap))), like(logits, cap));
    if (options.bias !== undefined && options.bias !== null)
      logits = p.add(logits, spreadTo(cast(asTensor(options.bias), logits.dtype), logits.shape));
    const allowed = permission(options, [n, heads, t, s]);
    if (allowed) logits = p.select(allowed, logits, like(logits, -0.7 * 3.4028234663852886e38));
    // For integers a weight is 1 or 0.
    const weights = cast(cast(softmaxOf(logits, -1), common), dtype);
    const w = reshapeTo(weights, [n, groups, share, t, s]);
    const out = dot(w, cast(value, dtype), {
      batch: [
        [0, 1],
        [0, 2],
      ],
      contract: [[4], [1]],
    });
    // [n, g, share, t, d] -> [n, t, heads, d]
    return cast(reshapeTo(transpose(out, { perm: [0, 3, 1, 2, 4] }), [n, t, heads, value.shape[3]]), common);
  },
  ['tensor', 'tensor', 'tensor'],
  { bias: true, mask: true, scale: true, isCausal: true, flashAttention: true, attnLogitsSoftCap: true },
);
const wide = (dtype: Tensor['dtype']): Tensor['dtype'] => (dtype === 'float64' ? dtype : 'float32');

function permission({ mask, isCausal = false }: AttentionOptions, shape: number[]): Tensor | undefined {
  const given = mask === undefined || mask === null ? undefined : cast(asTensor(mask), 'bool');
  const spread =
    given &&
    spreadTo(
      given.shape.length > 4
        ? fail('dotProductAttention', `mask has shape ${showShape(given.shape)}`, 'give [batch, heads, queries, keys]')
        : given,
      shape,
    );
  if (!isCausal) return spread;
  const square = shape.slice(2);
  const lower = p.ge(
    iota({ shape: square, dtype: 'int32', axis: 0 }),
    iota({ shape: square, dtype: 'int32', axis: 1 }),
  );
  const causal = broadcast(lower, { shape, axes: [2, 3] });
  return spread ? p.bitAnd(spread, causal) : causal;
}
