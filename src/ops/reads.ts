import { fail } from '../base/errors.ts';
import { show } from '../base/options.ts';
import { mapTensors } from '../tensor/leaves.ts';
import { asTensor, type Like } from '../tensor/like.ts';

/**
 * How the leading arguments of an op are read: `tensor` (anything tensor-like becomes a tensor), `tensors` (a list of
 * these), `operand` (like `tensor`, but plain numbers stay numbers, so that they do not determine a dtype), `constant`
 * (an `operand` whose number is part of the program), `operands` (a list of operands), `value` (unchanged), and values
 * of a certain kind: see `plain`. The arguments after these are options and plain values.
 */
export type Reads = 'tensor' | 'tensors' | 'operand' | 'constant' | 'operands' | 'value' | keyof typeof plain;

interface Plain {
  readonly holds: (x: unknown) => boolean;
  readonly wanted: string;
}
const isNumbers = (x: unknown): boolean => typeof x === 'number' || (Array.isArray(x) && x.every(isNumbers));
/** Kinds of arguments other than tensors, checked so that mistakes do not end in a TypeError in the op's body. */
const plain = {
  numbers: { holds: isNumbers, wanted: 'a number, or a list of numbers' },
  text: { holds: (x) => typeof x === 'string', wanted: 'a string' },
  function: { holds: (x) => typeof x === 'function', wanted: 'a function' },
  list: { holds: Array.isArray, wanted: 'a list' },
  functions: {
    holds: (x) => Array.isArray(x) && x.length > 0 && x.every((f) => typeof f === 'function'),
    wanted: 'a list of functions',
  },
} satisfies Record<string, Plain>;

const isPlain = (kind: Reads): kind is keyof typeof plain => Object.hasOwn(plain, kind);

/** Refuses an argument that is not of its kind. `place` counts from 0. */
export function checkPlain(kind: keyof typeof plain, x: unknown, name: string, place: number): void {
  if (!plain[kind].holds(x)) fail(name, `argument ${place + 1} is ${show(x)}`, `give ${plain[kind].wanted}`);
}

/** An argument of an op, read as its kind says. */
export function read(kind: Reads, x: unknown, name: string, place: number): unknown {
  if (isPlain(kind)) {
    checkPlain(kind, x, name, place);
    return mapTensors(x, (t) => t);
  }
  if (x === undefined || x === null) {
    if (kind !== 'value') fail(name, `argument ${place + 1} is ${String(x)}`, 'give a tensor, or what stands for one');
    return x;
  }
  if (kind === 'tensors') {
    if (!Array.isArray(x))
      return fail(name, `argument ${place + 1} is ${show(x)}`, 'give a list of tensors, or of what stands for them');
    return x.map((y) => asTensor(y as Like));
  }
  if (kind === 'value') return mapTensors(x, (t) => t);
  if (kind === 'operands' && Array.isArray(x)) return (x as unknown[]).map((y) => read('operand', y, name, place));
  if ((kind === 'operand' || kind === 'constant') && (typeof x === 'number' || typeof x === 'boolean')) return x;
  return asTensor(x as Like);
}
