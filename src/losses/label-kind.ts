import type { SymbolicShape } from '../base/shape.ts';

/** How labels of this shape encode the class for predictions of that shape: binary, class numbers, or one-hot. */
export function labelKind(yTrue: SymbolicShape, yPred: SymbolicShape): 'binary' | 'sparse' | 'categorical' {
  if (yPred.at(-1) === 1) return 'binary';
  const isSparse = yTrue.length < yPred.length || (yTrue.length === yPred.length && yTrue.at(-1) === 1);
  return isSparse ? 'sparse' : 'categorical';
}
