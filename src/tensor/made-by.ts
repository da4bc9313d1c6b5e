import { fail, type Named } from '../base/errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { tensorsIn } from './leaves.ts';

/** Weights of which something was computed at once. */
interface Maker {
  readonly label: string;
  isTrainable(): boolean;
}
const makers = new WeakMap<Tensor, Maker>();
let isUsed = false;

/** Notes of which weights these tensors were computed. */
export function markMadeBy(maker: Maker, nest: unknown): void {
  isUsed = true;
  for (const t of tensorsIn(nest)) makers.set(t, maker);
}

/** Hands the mark of an op's arguments on to what the op computed of them. */
export function passMark(args: unknown, result: unknown): void {
  if (!isUsed) return;
  const marked = tensorsIn(args).find((t) => makers.has(t));
  if (marked) markMadeBy(makers.get(marked)!, result);
}

/** Refuses arguments of a symbolic call in which the weights of a layer would be frozen without a word. */
export function refuseBakedWeights(operation: Named, args: unknown): void {
  if (!isUsed) return;
  for (const t of tensorsIn(args)) {
    const maker = makers.get(t);
    if (!maker?.isTrainable()) continue;
    fail(
      operation,
      `it is called on a constant computed of ${maker.label}: in the functional model these weights would be neither trained nor saved`,
      'compute it of something that depends on an Input, or in the call() of a custom layer that has the layer or variable as an attribute; if it shall stay a constant, freeze the weights (trainable = false) or pass ops.stopGradient(…)',
    );
  }
}
