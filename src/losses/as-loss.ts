import type { SymbolicShape } from '../base/shape.ts';
import { lossFunctions } from './declared.ts';
import { FunctionLoss } from './function-loss.ts';
import { get, type LossLike } from './index.ts';
import { labelKind } from './label-kind.ts';
import { Loss } from './loss.ts';

/** Resolves an identifier to a loss; functions are averaged over the batch. */
export function asLoss(identifier: LossLike): Loss {
  const found = get(identifier);
  if (found instanceof Loss) return found;
  // As in Keras, a loss requested by name keeps that name.
  return new FunctionLoss(found as FunctionLoss['fn'], typeof identifier === 'string' ? { name: identifier } : {});
}
/** Resolves "crossentropy" for labels and predictions of these shapes; anything else is returned unchanged. */
export function resolveCrossentropy(entry: LossLike, yTrue: SymbolicShape | undefined, yPred: SymbolicShape): LossLike {
  if (!yTrue || (entry !== 'crossentropy' && entry !== 'ce')) return entry;
  const kind = labelKind(yTrue, yPred);
  const name = kind === 'sparse' ? 'sparse_categorical_crossentropy' : (`${kind}_crossentropy` as const);
  return new FunctionLoss(lossFunctions[name], { name: entry });
}
