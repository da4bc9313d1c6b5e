import { fail } from '../base/errors.ts';
import { type Shape, showShape, sizeOf } from '../base/shape.ts';
import { refuseDepth } from '../base/tree.ts';
import { Tensor } from '../ir/tensor.ts';

/** Nested arrays of strings. */
export type NestedStrings = string | readonly NestedStrings[];

/** A concrete tensor of strings. They stay on the host. */
export const stringTensor = (strings: readonly string[], shape: Shape): Tensor =>
  new Tensor({ shape, dtype: 'string' }, { strings });

/** A string as Python writes it. */
export function stringText(x: string): string {
  const quote = x.includes("'") && !x.includes('"') ? '"' : "'";
  const escaped: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
  const inside = x.replace(/[\p{Cc}\\'"]/gu, (c) => {
    if (c === '"' || c === "'") return c === quote ? `\\${c}` : c;
    return escaped[c] ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return quote + inside + quote;
}

/** Whether nested arrays hold strings, by the first of their elements. */
export function isStrings(nest: unknown): nest is readonly NestedStrings[] {
  let x = nest;
  for (let depth = 0; Array.isArray(x); depth++) {
    refuseDepth(depth);
    x = x[0];
  }
  return typeof x === 'string' && x !== nest;
}

/** A tensor of nested arrays of strings, or of one string. */
export function tensorOfStrings(nest: NestedStrings, wanted?: Shape): Tensor {
  const shape: number[] = [];
  for (let x: NestedStrings = nest; typeof x !== 'string'; x = x[0]) shape.push(x.length);
  const flat: string[] = [];
  const walk = (x: NestedStrings, depth: number): void => {
    if (Array.isArray(x) ? x.length !== shape[depth] : depth !== shape.length || typeof x !== 'string')
      fail(
        'tensor',
        typeof x === 'string' || Array.isArray(x)
          ? 'the nested arrays of strings are ragged'
          : `among strings stands ${String(x)}`,
        'give nothing but strings, and as many in each row',
      );
    if (typeof x === 'string') flat.push(x);
    else for (const y of x) walk(y, depth + 1);
  };
  walk(nest, 0);
  if (wanted && sizeOf(wanted) !== flat.length)
    fail('tensor', `${flat.length} strings do not fill shape ${showShape(wanted)}`, 'give as many as the shape has');
  return stringTensor(flat, wanted ?? shape);
}
