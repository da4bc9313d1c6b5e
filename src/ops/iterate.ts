import { fail } from '../base/errors.ts';
import { showShape } from '../base/shape.ts';
import { Tensor } from '../ir/tensor.ts';
import { currentTrace } from '../tensor/frames.ts';
import { KerasTensor } from '../tensor/keras-tensor.ts';
import { tensor } from '../tensor/like.ts';
import { Variable } from '../tensor/variable.ts';
import { getItem, take } from './numpy/indexing.ts';

declare module '../ir/tensor.ts' {
  interface Tensor extends Iterable<Tensor> {}
}
declare module '../tensor/variable.ts' {
  interface Variable extends Iterable<Tensor> {}
}

/** Iterates over the first axis: rows of a matrix, scalars of a vector. */
function along(x: Tensor): IterableIterator<Tensor> {
  if (x instanceof KerasTensor)
    return fail(
      `KerasTensor "${x.name}"`,
      `a symbolic tensor (shape ${showShape(x.symbolicShape)}) cannot be iterated over: it stands for values that exist only when the model runs`,
      'use ops.unstack(x, { axis }) along an axis of known size, ops over whole tensors (ops.max for Math.max), or the call() of a custom layer',
    );
  if (x.shape.length === 0)
    return fail('Tensor of shape ()', 'a scalar has nothing to iterate over', 'read it with await x.item()');
  return rows(x);
}
function* rows(x: Tensor): IterableIterator<Tensor> {
  // In eager mode the index is an argument, so that all rows share a program; while recording it is part of the
  // program.
  for (let i = 0; i < x.shape[0]; i++) yield currentTrace() ? getItem(x, i) : take(x, row(i), { axis: 0 });
}
const row = (i: number): Tensor => tensor(i, { dtype: 'int32' });

for (const prototype of [Tensor.prototype, Variable.prototype])
  Object.defineProperty(prototype, Symbol.iterator, {
    value(this: Tensor | Variable) {
      return along(this instanceof Variable ? this.read() : this);
    },
    configurable: true,
  });
