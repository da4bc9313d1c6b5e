import type { Device } from '../../src/devices/device.ts';
import type { ModelDescription } from './description.ts';
import { roundingDevice } from './rounding.ts';
import { nudgeBy, type Outcome, type Subject, subjectOf, TrialModel } from './train.ts';

export interface Trial {
  readonly device: Device;
  readonly reference: Device;
  /** How the device is called in messages. */
  readonly called?: string;
  /** How often training is repeated: each time it must give the same bits. */
  readonly repeats?: number;
}

/** Half a unit in the last place of what layers compute in. */
const precisions: Readonly<Record<string, number>> = { mixed_float16: 2 ** -11, mixed_bfloat16: 2 ** -8 };
const precisionOf = ({ policy }: Subject): number => precisions[policy ?? ''] ?? 2 ** -21;

/**
 * What goes wrong when the model is trained on the device, or undefined. Results are to repeat bit for bit, and to be the
 * reference's to within what rounding may do: as much as some times the change that follows when inputs and weights are moved by
 * one rounding each. That is large where a model is ill-conditioned (an update divided by a gradient that is only rounding error),
 * and small elsewhere.
 */
export async function problemOf(described: ModelDescription | Subject, trial: Trial): Promise<string | undefined> {
  const subject = 'build' in described ? described : subjectOf(described);
  const model = await TrialModel.on(trial.reference, subject);
  const options = { predicts: subject.seed % 4 === 0 };
  return compared(subject, model, await model.train(trial.reference, options), trial);
}

/** The same on several devices, of which each is compared with what the first one's reference gave. */
export async function problemsOf(subject: Subject, trials: readonly Trial[]): Promise<string[]> {
  const [{ reference }] = trials as [Trial];
  const model = await TrialModel.on(reference, subject);
  const expected = await model.train(reference, { predicts: subject.seed % 4 === 0 });
  const problems: string[] = [];
  for (const trial of trials) {
    const problem = await compared(subject, model, expected, trial);
    if (problem) problems.push(problem);
  }
  return problems;
}

async function compared(
  subject: Subject,
  model: TrialModel,
  expected: Outcome,
  { device, reference, called = device.name, repeats = 1 }: Trial,
): Promise<string | undefined> {
  const predicts = subject.seed % 4 === 0;
  const found = await model.train(device, { predicts });
  for (let k = 0; k < repeats; k++) {
    const again = await model.train(device, { predicts });
    const name = [...found.keys()].find((key) => !sameBits(found.get(key)!, again.get(key)!));
    if (name) return `${name} differs from run to run on ${called}: ${difference(found.get(name)!, again.get(name)!)}`;
  }
  const precision = precisionOf(subject);
  const changes: Change[] = [];
  const problem = (): string | undefined => {
    for (const [name, values] of expected) {
      const within = toleranceOf(name, values, changes, precision);
      const k = Array.from(values).findIndex((v, i) => !isNear(found.get(name)![i]!, v, within));
      if (k >= 0)
        return `${name}[${k}] is ${found.get(name)![k]} on ${called}, ${values[k]} on ${reference.name} (± ${within})`;
    }
    return undefined;
  };
  // The device may hide a rounding (a sum that is exactly 0) that the reference, where it is slow to ask, shows.
  for (const [judge, from] of [
    [device, found],
    [reference, expected],
  ] as const) {
    for (const k of [1, 2, 3])
      changes.push({
        from,
        to: await model.train(judge, { predicts, nudge: nudgeBy(precision, subject.seed + k) }),
        isOfReference: judge === reference,
      });
    if (!problem()) return undefined;
  }
  // Gradients that only labels determine (hinge) are sums of equal numbers, which may be 0 on the one and a rounding on the other.
  const nudged = { predicts, nudge: nudgeBy(precision, subject.seed + 4), nudgesLabels: true };
  const ofLabels = await model.train(reference, nudged);
  changes.push({
    from: expected,
    to: new Map([...ofLabels].filter(([name]) => name.startsWith('weights'))),
    isOfReference: true,
  });
  if (!problem()) return undefined;
  // What is exact on the one may be a rounding on the other, and be divided by itself or have its logarithm taken later on.
  const rounding = roundingDevice(precision, subject.seed);
  for (let k = 0; k < 3; k++)
    changes.push({ from: expected, to: await model.train(rounding, { predicts }), isOfReference: true });
  if (!problem()) return undefined;
  // In 16 bits the reference rounds between any two ops, where fused kernels do not: it may be as far from the numbers in 32 bits.
  if (subject.unrounded) {
    const unrounded = await TrialModel.on(reference, subject.unrounded);
    changes.push({ from: expected, to: await unrounded.train(reference, { predicts }), isOfReference: true });
  }
  return problem();
}
/** What moving inputs and weights by a rounding does, or computing in 32 bits, where a loss scale has no variables. */
interface Change {
  readonly from: Outcome;
  readonly to: Outcome;
  readonly isOfReference: boolean;
}

export type { Outcome };

const sameBits = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((v, k) => Object.is(v, b[k]));
function difference(a: ArrayLike<number>, b: ArrayLike<number>): string {
  const k = Array.from(a).findIndex((v, i) => !Object.is(v, b[i]));
  return `element ${k} is ${a[k]} and ${b[k]}`;
}
/** Where the reference leaves the finite numbers anything goes. */
const isNear = (a: number, b: number, within: number): boolean =>
  !Number.isFinite(b) || within === Infinity || Math.abs(a - b) <= within;

function toleranceOf(name: string, expected: ArrayLike<number>, changes: readonly Change[], precision: number): number {
  let [largest, change] = [0, 0];
  for (const v of Array.from(expected)) if (Number.isFinite(v)) largest = Math.max(largest, Math.abs(v));
  for (const { from, to, isOfReference } of changes) {
    const before = from.get(name)!;
    const after = to.get(name) ?? before;
    for (let k = 0; k < before.length; k++) {
      if (!Number.isFinite(before[k])) continue;
      if (Number.isFinite(after[k])) change = Math.max(change, Math.abs(after[k]! - before[k]!));
      // A rounding more, and the reference leaves the finite numbers; that the device does is no excuse for it.
      else if (isOfReference) change = Number.POSITIVE_INFINITY;
    }
  }
  // One prediction on the border between two classes counts for whole steps, and in 16 bits many are equal.
  if (/accuracy|auc|precision|recall/i.test(name)) return precision > 1e-6 ? 1 : 0.1 + change;
  return 8 * precision * (0.1 + largest) + 16 * change;
}
