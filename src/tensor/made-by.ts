import { fail, type Named } from '../base/errors.ts';
import type { Tensor } from '../ir/tensor.ts';
import { tensorsIn } from './leaves.ts';

/** The weights that an eager result was computed from. */
interface Maker {
  readonly label: string;
  isTrainable(): boolean;
}
const makers = new WeakMap<Tensor, Maker>();
let isUsed = false;
let isOnlyLookedAt = false;

/** Records which weights these tensors were computed from. */
export function markMadeBy(maker: Maker, nest: unknown): void {
  isUsed = true;
  for (const t of tensorsIn(nest)) makers.set(t, maker);
}

/** Passes the mark of an op's arguments on to its result. */
export function passMark(args: unknown, result: unknown): void {
  if (!isUsed) return;
  const marked = tensorsIn(args).find((t) => makers.has(t));
  if (marked) markMadeBy(makers.get(marked)!, result);
}

/** Runs `f`, whose symbolic results are looked at and never become a model: no weights are lost in them. */
export function onlyToLookAt<T>(f: () => T): T {
  const before = isOnlyLookedAt;
  isOnlyLookedAt = true;
  try {
    return f();
  } finally {
    isOnlyLookedAt = before;
  }
}

/** Refuses arguments of a symbolic call that would silently freeze the weights of a layer. */
export function refuseBakedWeights(operation: Named, args: unknown): void {
  if (!isUsed || isOnlyLookedAt) return;
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
