import type { Algebra } from '../../algebra/algebra.ts';
import type { Equation } from '../../ir/tensor.ts';

/** A key that is equal for equations that compute the same; undefined if the attributes cannot be compared. */
export function equationKey({ rule, inputs, attrs }: Equation, algebra: Algebra): string | undefined {
  if (rule.kind === 'control') return undefined;
  const text = attrs === undefined ? '' : plainText(attrs);
  return text === undefined ? undefined : `${algebra.id(rule)}(${inputs.map((x) => algebra.id(x)).join()})${text}`;
}

/** What tells plain values apart; undefined where there is anything else, such as a function. */
function plainText(value: unknown): string | undefined {
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return `${value}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  const isList = Array.isArray(value);
  if (!isList && prototype !== Object.prototype && prototype !== null) return undefined;
  let text = isList ? '[' : '{';
  for (const key in value) {
    const inner = plainText((value as Record<string, unknown>)[key]);
    if (inner === undefined) return undefined;
    text += `${key}:${inner},`;
  }
  return `${text}}`;
}
