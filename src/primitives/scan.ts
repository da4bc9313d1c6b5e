import { fail } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { bind, type Primitive, primitive, type Rule, type VjpContext } from '../ir/primitive.ts';
import { equationsBehind, freeTensors, makeProgram, type Program } from '../ir/program.ts';
import { type Aval, showAval, Tensor } from '../ir/tensor.ts';
import { add, mul, sin, tanh } from './elementwise.ts';
import { avalOf, expectAvals, floats, subProgram, zerosLike } from './sub-program.ts';

/**
 * A loop over slices. Inputs: initial carries, then sequences (their first axis has `length`), then what each round sees
 * unchanged. `body` takes carries, one slice of each sequence, and the rest; it gives the next carries, then one slice of
 * each result sequence. Outputs: last carries, then the result sequences.
 */
export interface ScanAttrs {
  readonly form: 'scan';
  readonly body: Program;
  readonly carries: number;
  readonly sequences: number;
  readonly length: number;
  /** Runs from the last slice to the first; results stand at the place of their slice all the same. */
  readonly reverse: boolean;
}

const stacked = ({ shape, dtype }: Aval, length: number): Aval => ({ shape: [length, ...shape], dtype });
const sliced = ({ shape, dtype }: Aval): Aval => ({ shape: shape.slice(1), dtype });

const vector = { shape: [2], dtype: 'float32' } as const;
const example = subProgram(
  'step',
  ([a, b, x, w]) => {
    const next = tanh(add(mul(a!, w!), x!));
    return [next, add(b!, mul(next, a!)), mul(sin(b!), x!)];
  },
  [vector, vector, vector, vector],
).program;

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
    vjpMany: (g, inputs, attrs, outputs, context) => scanGradient(g, inputs, attrs, outputs, context),
    programs: ({ body }) => [body],
    samples: [false, true].map((reverse) => ({
      inputs: [{ shape: [2] }, { shape: [2] }, { shape: [4, 2] }, { shape: [2] }],
      attrs: { form: 'scan' as const, body: example, carries: 2, sequences: 1, length: 4, reverse },
    })),
  },
);
const runScan = (inputs: readonly Tensor[], attrs: Omit<ScanAttrs, 'form'>): readonly Tensor[] =>
  bind<ScanAttrs>(record.rule as Rule<ScanAttrs>, inputs, { form: 'scan', ...attrs }) as readonly Tensor[];

/**
 * The gradient runs the other way. What it needs of the rounds is kept by the forward scan, which for that is recorded once
 * more with further results: its body has the same inputs and equations, so that the two can be made one.
 */
function scanGradient(
  g: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  { body, carries, sequences, length, reverse }: ScanAttrs,
  outputs: readonly Tensor[],
  context: VjpContext,
): (Tensor | null)[] {
  const isCarry = (n: number): boolean => n < carries;
  const isSequence = (n: number): boolean => n >= carries && n < carries + sequences;
  const seeded = floats(outputs).filter((k) => isCarry(k) || g[k] !== null);
  const seeds = seeded.map((k) => new Tensor(avalOf(body.outputs[k]!)));
  const wrt = floats(body.inputs);
  const found = context.gradients(
    body.outputs,
    body.outputs.map((_, k) => seeds[seeded.indexOf(k)] ?? null),
    wrt.map((n) => body.inputs[n]!),
  );
  const gradientOf = (n: number): Tensor | null => found[wrt.indexOf(n)] ?? null;

  // Each round adds to the gradients of what all rounds see.
  const shared = wrt.filter((n) => !isCarry(n) && !isSequence(n) && gradientOf(n));
  const sums = shared.map((n) => new Tensor(avalOf(body.inputs[n]!)));
  const slices = wrt.filter((n) => isSequence(n) && gradientOf(n));
  const results = [
    ...seeded.filter(isCarry).map((k) => gradientOf(k) ?? zerosLike(body.inputs[k]!)),
    ...shared.map((n, k) => add(sums[k]!, gradientOf(n)!)),
    ...slices.map((n) => gradientOf(n)!),
  ];
  const kept = keptTensors(body, carries + sequences);
  const given = new Set<Tensor>([...body.inputs, ...seeds, ...sums]);
  const isLeaf = (t: Tensor): boolean => t.storage !== undefined || given.has(t) || kept(t);
  const needed = new Set(
    freeTensors({
      name: '',
      inputs: [],
      equations: equationsBehind(results, isLeaf),
      outputs: results,
      donated: new Map(),
    }),
  );
  const fromCarries = body.inputs.slice(0, carries).filter((t) => needed.has(t));
  const residuals = [...fromCarries, ...[...needed].filter((t) => kept(t))];
  const seen = body.inputs.map((_, n) => n).filter((n) => !isCarry(n) && needed.has(body.inputs[n]!));
  const [seenSlices, seenWhole] = [seen.filter(isSequence), seen.filter((n) => !isSequence(n))];
  // A custom gradient may read tensors of its own.
  const outer = [...needed].filter((t) => !given.has(t) && !kept(t));

  const wide = makeProgram(body.name, body.inputs, [...body.outputs, ...residuals]);
  const rows =
    residuals.length === 0
      ? []
      : runScan(inputs, { body: { ...wide, inputs: body.inputs }, carries, sequences, length, reverse }).slice(
          outputs.length,
        );

  const seedOf = (k: number): Tensor => seeds[seeded.indexOf(k)]!;
  const carrySeeds = seeded.filter(isCarry);
  const rowSeeds = seeded.filter((k) => !isCarry(k));
  const back = makeProgram(
    `${body.name} gradient`,
    [
      ...[...carrySeeds.map(seedOf), ...sums],
      ...[...residuals, ...seenSlices.map((n) => body.inputs[n]!), ...rowSeeds.map(seedOf)],
      ...[...seenWhole.map((n) => body.inputs[n]!), ...outer],
    ],
    results,
  );
  const final = runScan(
    [
      ...[...carrySeeds.map((k) => g[k] ?? zerosLike(outputs[k]!)), ...sums.map(zerosLike)],
      ...[...rows, ...seenSlices.map((n) => inputs[n]!), ...rowSeeds.map((k) => g[k]!)],
      ...[...seenWhole.map((n) => inputs[n]!), ...outer],
    ],
    {
      body: back,
      carries: carrySeeds.length + sums.length,
      sequences: residuals.length + seenSlices.length + rowSeeds.length,
      length,
      reverse: !reverse,
    },
  );
  const order = [...carrySeeds, ...shared, ...slices];
  return inputs.map((_, n) => final[order.indexOf(n)] ?? null);
}

/**
 * Which tensors of a body a later gradient finds kept, rather than computing them again: those that change from round to
 * round, except views, whose source is kept instead.
 */
function keptTensors(body: Program, changing: number): (t: Tensor) => boolean {
  const varies = new Set<Tensor>(body.inputs.slice(0, changing));
  const kept = new Set<Tensor>();
  for (const { rule, inputs, outputs } of body.equations) {
    if (!inputs.some((x) => varies.has(x))) continue;
    const isView =
      rule.kind === 'movement' && inputs.length === 1 && sizeOf(inputs[0]!.shape) <= sizeOf(outputs[0]!.shape);
    for (const y of outputs) {
      varies.add(y);
      if (!isView) kept.add(y);
    }
  }
  return (t) => kept.has(t);
}

/** One round: from carries and a slice of each sequence to the next carries and a slice of each result. */
export type ScanBody = (
  carries: readonly Tensor[],
  slices: readonly Tensor[],
) => { readonly carries: readonly Tensor[]; readonly results: readonly Tensor[] };

/**
 * Repeats `f` over the slices of `sequences` along their first axis: `carry, y[i] = f(carry, x[i])`. Gives the last carries
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
