import { Tensor } from '../ir/tensor.ts';
import { asTensor } from '../tensor/like.ts';

const weak = new WeakMap<Tensor, 'int' | 'float'>();

/** Whether a scalar tensor stands for a bare number, which does not decide a dtype. */
export const weaknessOf = (x: Tensor): 'int' | 'float' | undefined => (x.shape.length === 0 ? weak.get(x) : undefined);
export function asWeak(x: Tensor, kind: 'int' | 'float'): Tensor {
  weak.set(x, kind);
  return x;
}

/**
 * A bare number as a scalar tensor, so that a program compiled for one number serves all. Few small integers stay: they are
 * the constants that code is written with. Integers beyond 24 bits and odd values stay too: float32 would not hold them.
 */
export function weakScalar(x: unknown): unknown {
  if (typeof x !== 'number' || !Number.isFinite(x)) return x;
  if (!Number.isInteger(x)) return Math.fround(x) === 0 ? x : asWeak(asTensor(x, 'float32'), 'float');
  return Math.abs(x) <= 8 || Math.abs(x) >= 2 ** 24 ? x : asWeak(asTensor(x, 'int32'), 'int');
}

/** A body that knows which of its arguments stand for bare numbers. */
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
/** Tells signatures with bare numbers from those with scalar tensors. */
export const weakSignature = (args: readonly unknown[]): string =>
  args.map((x) => (x instanceof Tensor ? (weaknessOf(x)?.[0] ?? '') : '')).join(',');
