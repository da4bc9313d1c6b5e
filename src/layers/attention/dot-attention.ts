import { fail, type Named } from '../../base/errors.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import {
  arange,
  cast,
  expandDims,
  greaterEqual,
  logicalAnd,
  logicalNot,
  matmul,
  multiply,
  softmax,
  subtract,
} from '../../ops/index.ts';
import { dropout, type SeedGenerator } from '../../random/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';

/** Options of a call of Attention and AdditiveAttention. */
export interface AttentionCallOptions extends Omit<CallOptions, 'mask'> {
  /** Masks of query and value: a masked query gives 0, a masked value is ignored. */
  readonly mask?: Tensor | readonly (Tensor | null)[] | null | undefined;
  /** Whether the scores are returned as well. */
  readonly returnAttentionScores?: boolean | undefined;
  /** Whether a query sees only values up to its own position. */
  readonly useCausalMask?: boolean | undefined;
}
export type Inputs = readonly Tensor[];

/** Refuses anything but `[query, value]` or `[query, value, key]`. */
export function checkInputList(layer: Named, inputs: unknown): void {
  if (!Array.isArray(inputs) || inputs.length < 2 || inputs.length > 3)
    fail(
      layer,
      `inputs must be a list [query, value] or [query, value, key], got ${Array.isArray(inputs) ? `a list of ${inputs.length}` : 'one input'}`,
      `call it as ${layer.name}([query, value])`,
    );
}
/** Refuses masks that are no list as long as the inputs. */
export function checkMaskList(layer: Named, inputs: Inputs, mask: unknown): void {
  if (mask === null || mask === undefined) return;
  if (!Array.isArray(mask) || mask.length < 2 || mask.length > inputs.length)
    fail(
      layer,
      `mask must be a list [query mask, value mask], got ${Array.isArray(mask) ? `a list of ${mask.length}` : 'something else'}`,
      'give a list of two masks; null stands for none',
    );
}

interface Weighing {
  readonly dropout: number;
  readonly seedGenerator: SeedGenerator | null;
}
/** Softmax of scores `[n, t, s]` applied to the values `[n, s, d]`. */
export function attend(
  layer: Weighing & Named,
  inputs: Inputs,
  scoresOf: (query: Tensor, key: Tensor) => Tensor,
  { mask, training = false, returnAttentionScores = false, useCausalMask = false }: AttentionCallOptions,
): Tensor | [Tensor, Tensor] {
  checkInputList(layer, inputs);
  checkMaskList(layer, inputs, mask);
  const [query, value, key = value] = inputs as readonly [Tensor, Tensor, Tensor?];
  const [queryMask, valueMask] = (mask ?? []) as readonly (Tensor | null)[];
  const scores = scoresOf(query, key);
  const allowed = permission(scores, valueMask, useCausalMask);
  const largest = scores.dtype === 'float16' ? 65504 : 1e9;
  const logits = allowed ? subtract(scores, multiply(cast(logicalNot(allowed), scores.dtype), largest)) : scores;
  const weights = softmax(logits, { axis: -1 });
  const { seedGenerator: seed } = layer;
  const kept = training && seed ? dropout(weights, layer.dropout, { seed }) : weights;
  let outputs = matmul(kept, value);
  if (queryMask) outputs = multiply(outputs, cast(expandDims(queryMask, -1), outputs.dtype));
  return returnAttentionScores ? [outputs, kept] : outputs;
}
function permission(scores: Tensor, valueMask: Tensor | null | undefined, isCausal: boolean): Tensor | undefined {
  const seen = valueMask ? expandDims(valueMask, -2) : undefined;
  if (!isCausal) return seen;
  const causal = causalMask(scores.shape.at(-2)!, scores.shape.at(-1)!);
  return seen ? logicalAnd(seen, causal) : causal;
}
/** True where key position s is not after query position t: `[1, t, s]`. */
export const causalMask = (t: number, s: number): Tensor =>
  greaterEqual(expandDims(arange(t), [0, 2]), expandDims(arange(s), [0, 1]));

/** The mask of the query is that of the outputs. */
export const queryMaskOf = (mask: unknown): Tensor | null => (Array.isArray(mask) ? (mask[0] ?? null) : null);
export const isShapeList = (shapes: unknown): shapes is readonly SymbolicShape[] =>
  Array.isArray(shapes) && shapes.every((s) => Array.isArray(s));
