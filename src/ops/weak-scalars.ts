import { Tensor } from '../ir/tensor.ts';
import { asTensor } from '../tensor/like.ts';

const weak = new WeakMap<Tensor, 'int' | 'float'>();

/** Whether a scalar tensor stands for a plain number, which does not determine a dtype. */
export const weaknessOf = (x: Tensor): 'int' | 'float' | undefined => (x.shape.length === 0 ? weak.get(x) : undefined);
export function asWeak(x: Tensor, kind: 'int' | 'float'): Tensor {
  weak.set(x, kind);
  return x;
}

/**
 * A plain number as a scalar tensor, so that one compiled program serves all numbers. A few small integers stay
 * numbers: they are typical constants in code. So do integers beyond 24 bits and values that float32 cannot represent.
 */
export function weakScalar(x: unknown): unknown {
  if (typeof x !== 'number' || !Number.isFinite(x)) return x;
  if (!Number.isInteger(x)) return Math.fround(x) === 0 ? x : asWeak(asTensor(x, 'float32'), 'float');
  return Math.abs(x) <= 8 || Math.abs(x) >= 2 ** 24 ? x : asWeak(asTensor(x, 'int32'), 'int');
}

/** A body that knows which of its arguments stand for plain numbers. */
export function withWeak<A extends unknown[], R>(body: (...args: A) => R, args: A): (...args: A) => R {
  const kinds = args.map((x) => (x instanceof Tensor ? weaknessOf(x) : undefined));
  if (kinds.every((kind) => kind === undefined)) return body;
  return (...inner) => {
    inner.forEach((x, k) => {
      const kind = kinds[k];
      if (kind) asWeak(x as Tensor, kind);
    });
    return body(...inner);
  };
}
/** Distinguishes signatures with plain numbers from those with scalar tensors. */
export const weakSignature = (args: readonly unknown[]): string =>
  args.map((x) => (x instanceof Tensor ? (weaknessOf(x)?.[0] ?? '') : '')).join(',');
