import type { Algebra } from '../../algebra/algebra.ts';
import type { Equation } from '../../ir/tensor.ts';

/** A key that is equal for equations that compute the same; undefined if the attributes cannot be compared. */
export function equationKey({ rule, inputs, attrs }: Equation, algebra: Algebra): string | undefined {
  if (rule.kind === 'control') return undefined;
  const text = attrs === undefined ? '' : plainText(attrs);
  return text === undefined ? undefined : `${algebra.id(rule)}(${inputs.map((x) => algebra.id(x)).join()})${text}`;
}

function plainText(attrs: unknown): string | undefined {
  let plain = true;
  const text = JSON.stringify(attrs, (_, value: unknown) => {
    if (typeof value === 'number')
      return Number.isFinite(value) && !Object.is(value, -0) ? value : `#${Object.is(value, -0) ? '-0' : value}`;
    if (typeof value === 'function' || typeof value === 'symbol') plain = false;
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) plain = false;
    }
    return value;
  });
  return plain ? text : undefined;
}
