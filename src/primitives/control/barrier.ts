import { bind, type Primitive, primitive, type Rule } from '../../ir/primitive.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { avalOf } from './sub-program.ts';

/** Returns its inputs unchanged. */
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
 * The tensors themselves, for computing something from them a second time: what is computed from the results is not merged with what
 * was computed from the tensors, and does not start before everything recorded ahead of the barrier. It costs no step.
 */
export const barrier = Object.assign(
  (tensors: readonly Tensor[]): readonly Tensor[] =>
    bind<BarrierAttrs>(record.rule as Rule<BarrierAttrs>, tensors, { form: 'barrier' }) as readonly Tensor[],
  { rule: record.rule },
);
