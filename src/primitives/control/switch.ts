import { fail } from '../../base/errors.ts';
import { showShape } from '../../base/shape.ts';
import { bind, type Primitive, primitive, type Rule } from '../../ir/primitive.ts';
import { freeTensors, makeProgram, type Program } from '../../ir/program.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { convert, max, min, mul, neg, sin } from '../elementwise.ts';
import { full } from '../generators.ts';
import {
  avalOf,
  expectAvals,
  floats,
  gradientProgram,
  recordOpen,
  shareCaptured,
  subProgram,
  zerosLike,
} from './sub-program.ts';

/**
 * Runs one of the branches. The first input is the number of the branch, an int32 scalar in 0 … branches-1 (the builder
 * clamps it); the other inputs go to the branch. All branches take and return the same shapes and dtypes.
 */
export interface SwitchAttrs {
  readonly form: 'switch';
  readonly branches: readonly Program[];
}

const vector = { shape: [3], dtype: 'float32' } as const;
const examples = [
  subProgram('first', ([x, y]) => [mul(x, y), sin(x)], [vector, vector]).program,
  subProgram('second', ([, y]) => [neg(y), y], [vector, vector]).program,
];

const record: Primitive<Tensor[], SwitchAttrs, readonly Tensor[]> = primitive<Tensor[], SwitchAttrs, readonly Tensor[]>(
  'switch',
  {
    kind: 'control',
    result: ([index, ...operands], { branches }) => {
      if (index.dtype !== 'int32' || index.shape.length !== 0)
        fail('primitive switch', `the index is ${index.dtype}${showShape(index.shape)}`, 'give an int32 scalar');
      const [first] = branches as [Program];
      for (const branch of branches) {
        expectAvals('primitive switch', branch, operands, branch.inputs);
        expectAvals('primitive switch', branch, branch.outputs, first.outputs);
      }
      return first.outputs.map(avalOf);
    },
    vjpMany: (g, [index, ...operands], { branches }, outputs, context) => {
      const seeded = floats(outputs).filter((k) => g[k] !== null);
      const parts = branches.map((branch) => gradientProgram(branch, seeded, context));
      const wrt = operands.map((_, n) => n).filter((n) => parts.some((part) => part.wrt.includes(n)));
      // Every branch returns all of them: zeros for those it does not depend on.
      const gradients = parts.map(({ program, wrt: own }) => {
        const results = wrt.map((n) => program.outputs[own.indexOf(n)] ?? zerosLike(operands[n]));
        const open = makeProgram(program.name, program.inputs, results);
        return { program: open, captured: freeTensors(open) };
      });
      const { programs, captured } = shareCaptured(gradients);
      const seeds = seeded.map((k) => g[k]!);
      const found = wrt.length === 0 ? [] : runBranch(index, [...operands, ...seeds, ...captured], programs);
      return [null, ...operands.map((_, n) => found[wrt.indexOf(n)] ?? null)];
    },
    programs: ({ branches }) => branches,
    samples: [0, 1].map((index) => ({
      inputs: [{ shape: [], dtype: 'int32' as const, values: [index] }, { shape: [3] }, { shape: [3] }],
      attrs: { form: 'switch' as const, branches: examples },
    })),
  },
);
const runBranch = (index: Tensor, operands: readonly Tensor[], branches: readonly Program[]): readonly Tensor[] =>
  bind<SwitchAttrs>(record.rule as Rule<SwitchAttrs>, [index, ...operands], {
    form: 'switch',
    branches,
  }) as readonly Tensor[];

type Branch = (operands: readonly Tensor[]) => readonly Tensor[];
/** Chooses the results of the branches once all are recorded, from what each returned, in order. */
export type Complete = (given: readonly (readonly Tensor[])[]) => readonly (readonly Tensor[])[];

/** Records the branches, and runs the one with the given number. */
function among(
  index: Tensor,
  branches: readonly (readonly [name: string, branch: Branch])[],
  operands: readonly Tensor[],
  complete: Complete,
): readonly Tensor[] {
  const parts = branches.map(([name, branch]) => recordOpen(name, branch, operands));
  const outputs = complete(parts.map((part) => part.outputs));
  const { programs, captured } = shareCaptured(parts.map((part, k) => part.close(outputs[k])));
  return runBranch(index, [...operands, ...captured], programs);
}

/** Returns the result of branch number `index` (an int32 scalar, clamped) on the operands; no other branch runs. */
export const switchCase = Object.assign(
  (
    index: Tensor,
    branches: readonly Branch[],
    operands: readonly Tensor[],
    complete: Complete = (given) => given,
  ): readonly Tensor[] => {
    const scalar = (value: number): Tensor => full({ shape: [], dtype: 'int32', value });
    const clamped = max(min(index, scalar(branches.length - 1)), scalar(0));
    const named = branches.map((branch, k) => [`branch ${k}`, branch] as const);
    return among(clamped, named, operands, complete);
  },
  { rule: record.rule },
);

/** `condition ? whenTrue(operands) : whenFalse(operands)` for a bool scalar; only one of the two runs. */
export const cond = (
  condition: Tensor,
  whenTrue: Branch,
  whenFalse: Branch,
  operands: readonly Tensor[],
  complete: Complete = (given) => given,
): readonly Tensor[] =>
  among(
    convert(condition, { dtype: 'int32' }),
    [
      ['false', whenFalse],
      ['true', whenTrue],
    ],
    operands,
    complete,
  );
