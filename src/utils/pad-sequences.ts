import { asDType, type DType, type TypedArray } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { sameShape, showShape, sizeOf } from '../base/shape.ts';
import { isTypedArray, type Nested, type NestedStrings, type Tensor, tensor } from '../tensor/index.ts';

/** Options of `padSequences`. */
export interface PadSequencesOptions {
  /** Length of all sequences; that of the longest by default. */
  readonly maxlen?: number | null | undefined;
  /** Dtype of the result: `'int32'` by default, which truncates fractions; `'string'` for texts. */
  readonly dtype?: string | undefined;
  /** Whether to pad shorter sequences at the beginning (`'pre'`, the default) or end (`'post'`). */
  readonly padding?: 'pre' | 'post' | undefined;
  /** Whether to truncate longer sequences at the beginning (`'pre'`, the default) or end (`'post'`). */
  readonly truncating?: 'pre' | 'post' | undefined;
  /** The padding value; 0 by default. */
  readonly value?: number | string | undefined;
}
const padSequencesOptions: OptionNames<PadSequencesOptions> = {
  maxlen: true,
  dtype: true,
  padding: true,
  truncating: true,
  value: true,
};

type Sequence = readonly Nested[] | readonly NestedStrings[] | TypedArray;
const who = 'utils.padSequences';

function side(name: string, value: unknown): value is 'pre' | 'post' {
  if (value !== 'pre' && value !== 'post') fail(who, `${name} is ${show(value)}`, 'give "pre" or "post"');
  return value === 'pre';
}

/**
 * Pads and truncates lists of different lengths to the rows of one tensor: shape `(number of sequences, length, …)`.
 * @example (await keras.utils.padSequences([[1], [2, 3]]).array()) // [[0, 1], [2, 3]]
 * @see https://keras.io/api/utils/python_utils/
 */
export const padSequences = exact(
  who,
  2,
  function padSequences(sequences: readonly Sequence[], options: PadSequencesOptions = {}): Tensor {
    const {
      maxlen,
      padding = 'pre',
      truncating = 'pre',
      value = 0,
      ...rest
    } = optionsOf(who, padSequencesOptions, options);
    const dtype: DType = rest.dtype === 'string' ? 'string' : asDType(rest.dtype ?? 'int32', who);
    const [padsBefore, cutsBefore] = [side('padding', padding), side('truncating', truncating)];
    if (!Array.isArray(sequences)) fail(who, `the sequences are ${show(sequences)}`, 'give a list of lists');
    sequences.forEach((sequence: unknown, k) => {
      if (!Array.isArray(sequence) && !isTypedArray(sequence))
        fail(who, `sequence ${k} is ${show(sequence)}`, 'give a list or a typed array');
    });
    if ((typeof value === 'string') !== (dtype === 'string'))
      fail(who, `${dtype} is to be filled with ${show(value)}`, 'give a dtype and a value of one kind');
    const longest = sequences.reduce((most, { length }) => Math.max(most, length), 0);
    const length = maxlen ?? longest;
    if (!Number.isInteger(length) || length < 0 || (maxlen === 0 && longest > 0))
      fail(who, `maxlen is ${show(maxlen)}`, 'give a whole number of at least 1');
    const first = sequences.find((sequence) => sequence.length > 0);
    const inner = Array.isArray(first) ? shapeOf(first[0]) : [];
    const width = sizeOf(inner);
    const out = new Array<number | string>(sequences.length * length * width).fill(value);
    sequences.forEach((sequence, n) => {
      const kept = cutsBefore ? sequence.slice(Math.max(0, sequence.length - length)) : sequence.slice(0, length);
      const from = (n * length + (padsBefore ? length - kept.length : 0)) * width;
      let at = from;
      for (const element of kept as readonly unknown[]) {
        if (!sameShape(shapeOf(element), inner))
          fail(
            who,
            `an element of sequence ${n} has shape ${showShape(shapeOf(element))}, others have ${showShape(inner)}`,
            'let all elements have one shape',
          );
        for (const x of Array.isArray(element) ? (element as unknown[]).flat(Infinity) : [element]) {
          if (typeof x !== typeof value && !(typeof x === 'boolean' && typeof value === 'number'))
            fail(
              who,
              `sequence ${n} holds ${show(x)} where ${dtype} is wanted`,
              'give elements of one kind, or a dtype',
            );
          out[at++] = typeof x === 'boolean' ? Number(x) : (x as number | string);
        }
      }
    });
    return tensor(out as number[], { shape: [sequences.length, length, ...inner], dtype });
  },
);
function shapeOf(x: unknown): number[] {
  const shape: number[] = [];
  for (let y = x; Array.isArray(y); y = y[0] as unknown) shape.push(y.length);
  return shape;
}
