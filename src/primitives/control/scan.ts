import { fail } from '../../base/errors.ts';
import { bind, type Primitive, primitive, type Rule } from '../../ir/primitive.ts';
import { type Aval, showAval, type Tensor } from '../../ir/tensor.ts';
import { dot } from '../dot.ts';
import { add, mul, sin, tanh } from '../elementwise.ts';
import { broadcast, transpose } from '../movement.ts';
import type { ScanAttrs } from './scan-attrs.ts';
import { scanGradient } from './scan-gradient.ts';
import { avalOf, expectAvals, subProgram } from './sub-program.ts';

const stacked = ({ shape, dtype }: Aval, length: number): Aval => ({ shape: [length, ...shape], dtype });
const sliced = ({ shape, dtype }: Aval): Aval => ({ shape: shape.slice(1), dtype });

const vector = { shape: [2], dtype: 'float32' } as const;
const square = { shape: [2, 2], dtype: 'float32' } as const;
const product = { batch: [[], []], contract: [[1], [0]] } as const;
const examples = [
  subProgram(
    'step',
    ([a, b, x, w]) => {
      const next = tanh(add(mul(a, w), x));
      return [next, add(b, mul(next, a)), mul(sin(b), x)];
    },
    [vector, vector, vector, vector],
  ).program,
  subProgram(
    'cell',
    ([h, x, w, u, bias]) => {
      const sum = add(dot(x, w, product), dot(h, add(u, transpose(w, { perm: [1, 0] })), product));
      const next = tanh(add(sum, broadcast(bias, { shape: [3, 2], axes: [1] })));
      return [next, next];
    },
    [{ shape: [3, 2], dtype: 'float32' }, { shape: [3, 2], dtype: 'float32' }, square, square, vector],
  ).program,
];

const record: Primitive<Tensor[], ScanAttrs, readonly Tensor[]> = primitive<Tensor[], ScanAttrs, readonly Tensor[]>(
  'scan',
  {
    kind: 'control',
    result: (inputs, { body, carries, sequences, length }) => {
      for (const x of inputs.slice(carries, carries + sequences))
        if (x.shape[0] !== length)
          fail('primitive scan', `a sequence is ${showAval(x)}, not ${length} long`, 'make all of one length');
      const expected = inputs.map((x, n) => (n >= carries && n < carries + sequences ? sliced(x) : x));
      expectAvals('primitive scan', body, body.inputs, expected);
      expectAvals('primitive scan', body, body.outputs.slice(0, carries), inputs.slice(0, carries));
      return body.outputs.map((y, k) => (k < carries ? avalOf(y) : stacked(y, length)));
    },
    vjpMany: (g, inputs, attrs, outputs, context) => scanGradient(g, inputs, attrs, outputs, context, runScan),
    programs: ({ body }) => [body],
    samples: [false, true].flatMap((reverse) => [
      {
        inputs: [{ shape: [2] }, { shape: [2] }, { shape: [4, 2] }, { shape: [2] }],
        attrs: { form: 'scan' as const, body: examples[0], carries: 2, sequences: 1, length: 4, reverse },
      },
      {
        inputs: [{ shape: [3, 2] }, { shape: [4, 3, 2] }, { shape: [2, 2] }, { shape: [2, 2] }, { shape: [2] }],
        attrs: { form: 'scan' as const, body: examples[1], carries: 1, sequences: 1, length: 4, reverse },
      },
    ]),
  },
);
const runScan = (inputs: readonly Tensor[], attrs: Omit<ScanAttrs, 'form'>): readonly Tensor[] =>
  bind<ScanAttrs>(record.rule as Rule<ScanAttrs>, inputs, { form: 'scan', ...attrs }) as readonly Tensor[];

/** One iteration: from carries and a slice of each sequence to the next carries and a slice of each result. */
export type ScanBody = (
  carries: readonly Tensor[],
  slices: readonly Tensor[],
) => { readonly carries: readonly Tensor[]; readonly results: readonly Tensor[] };

/**
 * Repeats `f` over the slices of `sequences` along their first axis: `carry, y[i] = f(carry, x[i])`. Returns the last carries
 * and the stacked results. Tensors that `f` reads from outside are passed along.
 */
export const scan = Object.assign(
  (
    f: ScanBody,
    init: readonly Tensor[],
    sequences: readonly Tensor[],
    { length = sequences[0]?.shape[0] ?? 0, reverse = false }: { length?: number; reverse?: boolean } = {},
  ): { carries: readonly Tensor[]; results: readonly Tensor[] } => {
    const { program, captured } = subProgram(
      'scan body',
      (inputs) => {
        const round = f(inputs.slice(0, init.length), inputs.slice(init.length));
        return [...round.carries, ...round.results];
      },
      [...init, ...sequences.map(sliced)],
    );
    const outputs = runScan([...init, ...sequences, ...captured], {
      body: { ...program, inputs: [...program.inputs, ...captured] },
      carries: init.length,
      sequences: sequences.length,
      length,
      reverse,
    });
    return { carries: outputs.slice(0, init.length), results: outputs.slice(init.length) };
  },
  { rule: record.rule },
);

/** `f` of each slice along the first axis of the sequences, stacked. */
export const map = (
  f: (slices: readonly Tensor[]) => readonly Tensor[],
  sequences: readonly Tensor[],
): readonly Tensor[] => scan((_, slices) => ({ carries: [], results: f(slices) }), [], sequences).results;
