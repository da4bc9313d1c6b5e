import { bind, type Primitive, primitive, type Rule } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { avalOf } from './sub-program.ts';

/** Gives its inputs as they are. */
export interface BarrierAttrs {
  readonly form: 'barrier';
}

const record: Primitive<Tensor[], BarrierAttrs, readonly Tensor[]> = primitive<
  Tensor[],
  BarrierAttrs,
  readonly Tensor[]
>('barrier', {
  kind: 'control',
  result: (inputs) => inputs.map(avalOf),
  vjpMany: (g) => g,
  samples: [{ inputs: [{ shape: [3] }, { shape: [2, 2] }], attrs: { form: 'barrier' } }],
});

/**
 * The tensors themselves, to compute something of them a second time: what is computed of the results is not joined with what
 * was computed of the tensors, nor begun before all that was recorded before the barrier. No step is made of it.
 */
export const barrier = Object.assign(
  (tensors: readonly Tensor[]): readonly Tensor[] =>
    bind<BarrierAttrs>(record.rule as Rule<BarrierAttrs>, tensors, { form: 'barrier' }) as readonly Tensor[],
  { rule: record.rule },
);
