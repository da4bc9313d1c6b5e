import { type Field, f } from '../../../base/field/field.ts';
import { table } from '../../../base/table.ts';
import { farmHash64 } from './farm-hash.ts';
import { sipHash64 } from './sip-hash.ts';

/** Key of the hash: one number for both halves, or two. */
export type Salt = number | readonly number[];
const isSalt = (v: unknown): v is Salt =>
  Number.isInteger(v) || (Array.isArray(v) && v.length === 2 && v.every(Number.isInteger));
/** An option that takes a key of a hash, or null. */
export const saltField = (): Field<Salt | null, readonly number[] | null, false> =>
  f.nullable(
    f.custom<Salt, readonly number[]>({
      expects: 'an integer, or two of them',
      check: isSalt,
      parse: (v) => (typeof v === 'number' ? [v, v] : v),
    }),
  );

const encoder = new TextEncoder();
/** Assigns a text to one of a number of bins: by FarmHash64, or by SipHash64 if there is a key. */
export function binsOf(count: number, salt: readonly number[] | null): (text: string) => number {
  const bins = BigInt(count);
  const key = salt && ([BigInt.asUintN(64, BigInt(salt[0])), BigInt.asUintN(64, BigInt(salt[1]))] as const);
  return (text) => {
    const bytes = encoder.encode(text);
    return Number((key ? sipHash64(bytes, key) : farmHash64(bytes)) % bins);
  };
}

/** An integer as TensorFlow writes it; fractions are dropped. */
export const integerText = (x: number): string => String(Math.trunc(x) + 0);

/** Sparse results exist in Keras's TensorFlow backend only. */
export const sparseField = (): Field<boolean, boolean, false> =>
  f.custom<boolean, boolean>({
    expects: 'false: sparse tensors exist on TensorFlow alone',
    check: (v): v is boolean => v === false,
    parse: (v) => v,
    initial: false,
  });

const oldNames: Readonly<Record<string, string>> = table({ binary: 'multi_hot', 'tf-idf': 'tf_idf' });
/** The forms of results, by Keras's names and older ones. */
export function outputModeField<const T extends readonly string[]>(modes: T, initial: T[number]) {
  return f.custom<T[number] | 'binary' | 'tf-idf', T[number]>({
    expects: `one of ${modes.map((v) => `"${v}"`).join(', ')}`,
    check: (v): v is T[number] => typeof v === 'string' && modes.includes(oldNames[v] ?? v),
    parse: (v) => (oldNames[v] ?? v) as T[number],
    initial,
  });
}
