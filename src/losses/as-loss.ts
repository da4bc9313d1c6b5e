import type { SymbolicShape } from '../base/shape.ts';
import { lossFunctions } from './declared.ts';
import { FunctionLoss } from './function-loss.ts';
import { get, type LossLike } from './index.ts';
import { labelKind } from './label-kind.ts';
import { Loss } from './loss.ts';

/** The loss that an identifier stands for, functions reduced to their mean over the batch. */
export function asLoss(identifier: LossLike): Loss {
  const found = get(identifier);
  if (found instanceof Loss) return found;
  // As in Keras, what was asked for by name goes by that name.
  return new FunctionLoss(found as FunctionLoss['fn'], typeof identifier === 'string' ? { name: identifier } : {});
}
/** What "crossentropy" means for labels and predictions of these shapes; anything else stays what it is. */
export function resolveCrossentropy(entry: LossLike, yTrue: SymbolicShape | undefined, yPred: SymbolicShape): LossLike {
  if (!yTrue || (entry !== 'crossentropy' && entry !== 'ce')) return entry;
  const kind = labelKind(yTrue, yPred);
  const name = kind === 'sparse' ? 'sparse_categorical_crossentropy' : (`${kind}_crossentropy` as const);
  return new FunctionLoss(lossFunctions[name], { name: entry });
}
