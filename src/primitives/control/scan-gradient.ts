import { sizeOf } from '../../base/shape.ts';
import { bind, type VjpContext } from '../../ir/primitive.ts';
import { equationsBehind, freeTensors, makeProgram, type Program } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { type DotAttrs, dot } from '../dot.ts';
import { add } from '../elementwise.ts';
import { reshape, transpose } from '../movement.ts';
import { type ReduceAttrs, reduceSum } from '../reduce.ts';
import type { ScanAttrs } from './scan-attrs.ts';
import { avalOf, floats, zerosLike } from './sub-program.ts';

type RunScan = (inputs: readonly Tensor[], attrs: Omit<ScanAttrs, 'form'>) => readonly Tensor[];

/**
 * The gradient of a scan is a scan in the opposite direction. What it needs of the iterations is kept by the forward scan, which
 * is recorded again with additional results: its body has the same inputs and equations, so that the two can be
 * merged.
 */
export function scanGradient(
  g: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  { body, carries, sequences, length, reverse }: ScanAttrs,
  outputs: readonly Tensor[],
  context: VjpContext,
  runScan: RunScan,
): (Tensor | null)[] {
  const isCarry = (n: number): boolean => n < carries;
  const isSequence = (n: number): boolean => n >= carries && n < carries + sequences;
  const seeded = floats(outputs).filter((k) => isCarry(k) || g[k] !== null);
  const seeds = seeded.map((k) => new Tensor(avalOf(body.outputs[k])));
  const wrt = floats(body.inputs);
  const found = context.gradients(
    body.outputs,
    body.outputs.map((_, k) => seeds[seeded.indexOf(k)] ?? null),
    wrt.map((n) => body.inputs[n]),
  );
  const gradientOf = (n: number): Tensor | null => found[wrt.indexOf(n)] ?? null;
  const kept = keptTensors(body, carries + sequences);

  // Gradients of what all iterations see: products and sums are computed for all iterations at once afterwards, others one by one.
  const shared = wrt.filter((n) => !isCarry(n) && !isSequence(n) && gradientOf(n));
  const whole = new Set(body.inputs.slice(carries + sequences));
  const late = new Map(shared.map((n) => [n, sumOverRounds(gradientOf(n)!, (t) => whole.has(t), kept)]));
  const early = shared.filter((n) => !late.get(n));
  const sums = early.map((n) => new Tensor(avalOf(body.inputs[n])));
  const slices = wrt.filter((n) => isSequence(n) && gradientOf(n));
  const parts = [...new Set(shared.flatMap((n) => late.get(n)?.parts ?? []))];
  // Values of the forward scan and of the sequences are available; the others are results of the backward scan.
  const known = new Set(body.inputs.slice(0, carries + sequences));
  const isAtHand = (t: Tensor): boolean => known.has(t) || kept(t);
  const stacks = parts.filter((t) => !isAtHand(t));

  const results = [
    ...seeded.filter(isCarry).map((k) => gradientOf(k) ?? zerosLike(body.inputs[k])),
    ...early.map((n, k) => add(sums[k], gradientOf(n)!)),
    ...slices.map((n) => gradientOf(n)!),
    ...stacks,
  ];
  const given = new Set<Tensor>([...body.inputs, ...seeds, ...sums]);
  const isLeaf = (t: Tensor): boolean => t.storage !== undefined || given.has(t) || kept(t);
  const equations = equationsBehind(results, isLeaf);
  const needed = new Set(freeTensors({ name: '', inputs: [], equations, outputs: results, donated: new Map() }));
  const asked = new Set([...needed, ...parts.filter(isAtHand)]);
  const residuals = [...body.inputs.slice(0, carries).filter((t) => asked.has(t)), ...[...asked].filter(kept)];
  const rows =
    residuals.length === 0
      ? []
      : runScan(inputs, {
          body: { ...makeProgram(body.name, body.inputs, [...body.outputs, ...residuals]), inputs: body.inputs },
          carries,
          sequences,
          length,
          reverse,
        }).slice(outputs.length);

  const seen = body.inputs.map((_, n) => n).filter((n) => !isCarry(n) && needed.has(body.inputs[n]));
  const [seenSlices, seenWhole] = [seen.filter(isSequence), seen.filter((n) => !isSequence(n))];
  const seenRows = residuals.filter((t) => needed.has(t));
  // A custom gradient may read other tensors as well.
  const outer = [...needed].filter((t) => !given.has(t) && !kept(t));
  const seedOf = (k: number): Tensor => seeds[seeded.indexOf(k)];
  const carrySeeds = seeded.filter(isCarry);
  const rowSeeds = seeded.filter((k) => !isCarry(k));
  const back = makeProgram(
    `${body.name} gradient`,
    [
      ...[...carrySeeds.map(seedOf), ...sums],
      ...[...seenRows, ...seenSlices.map((n) => body.inputs[n]), ...rowSeeds.map(seedOf)],
      ...[...seenWhole.map((n) => body.inputs[n]), ...outer],
    ],
    results,
  );
  const rowOf = (t: Tensor): Tensor => rows[residuals.indexOf(t)];
  const final = runScan(
    [
      ...[...carrySeeds.map((k) => g[k] ?? zerosLike(outputs[k])), ...sums.map(zerosLike)],
      ...[...seenRows.map(rowOf), ...seenSlices.map((n) => inputs[n]), ...rowSeeds.map((k) => g[k]!)],
      ...[...seenWhole.map((n) => inputs[n]), ...outer],
    ],
    {
      body: back,
      carries: carrySeeds.length + sums.length,
      sequences: seenRows.length + seenSlices.length + rowSeeds.length,
      length,
      reverse: !reverse,
    },
  );
  const stackOf = (t: Tensor): Tensor => {
    if (stacks.includes(t)) return final[final.length - stacks.length + stacks.indexOf(t)];
    const n = body.inputs.indexOf(t);
    return n >= 0 && isSequence(n) ? inputs[n] : rowOf(t);
  };
  const order = [...carrySeeds, ...early, ...slices];
  return inputs.map((_, n) => late.get(n)?.total(stackOf) ?? final[order.indexOf(n)] ?? null);
}

/**
 * Which tensors of a body are kept for the gradient instead of being recomputed: those that change from iteration to
 * iteration, except views, whose source is kept instead.
 */
function keptTensors(body: Program, changing: number): (t: Tensor) => boolean {
  const varies = new Set<Tensor>(body.inputs.slice(0, changing));
  const kept = new Set<Tensor>();
  for (const { rule, inputs, outputs } of body.equations) {
    if (!inputs.some((x) => varies.has(x))) continue;
    const isView =
      rule.kind === 'movement' && inputs.length === 1 && sizeOf(inputs[0].shape) <= sizeOf(outputs[0].shape);
    for (const y of outputs) {
      varies.add(y);
      if (!isView) kept.add(y);
    }
  }
  return (t) => kept.has(t);
}

interface RoundSum {
  /** Tensors of an iteration from whose stacks the sum is computed. */
  readonly parts: readonly Tensor[];
  total(stackOf: (t: Tensor) => Tensor): Tensor;
}
/** The sum of t over all iterations, if it can be computed at once: `Σ_t a[t]ᵀ·b[t]` is one product of the stacked a and b. */
function sumOverRounds(t: Tensor, isWhole: (t: Tensor) => boolean, kept: (t: Tensor) => boolean): RoundSum | null {
  const { equation } = t;
  // What is the same in all iterations need not be stacked.
  if (!equation || kept(t) || isWhole(t)) return null;
  const { rule, inputs, attrs } = equation;
  if ((rule === dot.rule || rule === reduceSum.rule) && inputs.some(isWhole)) return null;
  const later = (axes: readonly number[]): number[] => axes.map((d) => d + 1);
  if (rule === dot.rule) {
    const { batch, contract, ...rest } = attrs as DotAttrs;
    const [x, y] = inputs as [Tensor, Tensor];
    const stacked: DotAttrs = {
      ...rest,
      batch: [later(batch[0]), later(batch[1])],
      contract: [
        [0, ...later(contract[0])],
        [0, ...later(contract[1])],
      ],
    };
    return { parts: [x, y], total: (stackOf) => dot(stackOf(x), stackOf(y), stacked) };
  }
  if (rule === reduceSum.rule) {
    const axes = [0, ...later((attrs as ReduceAttrs).axes)];
    return { parts: inputs, total: (stackOf) => reduceSum(stackOf(inputs[0]), { axes }) };
  }
  if (rule === transpose.rule || rule === reshape.rule) {
    const inner = sumOverRounds(inputs[0], isWhole, kept);
    return inner && { ...inner, total: (stackOf) => bind(rule, [inner.total(stackOf)], attrs) as Tensor };
  }
  if (rule === add.rule) {
    const [a, b] = inputs.map((x) => sumOverRounds(x, isWhole, kept)) as [RoundSum | null, RoundSum | null];
    if (!a || !b) return null;
    return { parts: [...a.parts, ...b.parts], total: (stackOf) => add(a.total(stackOf), b.total(stackOf)) };
  }
  return null;
}
