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
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean' || value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    let list = '[';
    for (const x of value) {
      const text = plainText(x);
      if (text === undefined) return undefined;
      list += `${text},`;
    }
    return `${list}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  let object = '{';
  for (const key of Object.keys(value)) {
    const text = plainText((value as Record<string, unknown>)[key]);
    if (text === undefined) return undefined;
    object += `${key}:${text},`;
  }
  return `${object}}`;
}
