import { fail } from '../../base/errors.ts';
import { bind, type Primitive, primitive, type Rule, type VjpContext } from '../../ir/primitive.ts';
import type { Program } from '../../ir/program.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { add, bitAnd, lt, mul } from '../elementwise.ts';
import { full } from '../generators.ts';
import { scan } from './scan.ts';
import { avalOf, expectAvals, floats, inline, shareCaptured, subProgram } from './sub-program.ts';
import { cond } from './switch.ts';

/**
 * Repeats `body` while `condition` holds. Inputs: the first values of the carries, then what every iteration sees unchanged.
 * Both programs take all of these; `condition` returns one bool scalar, `body` the next carries. Outputs: the last carries.
 */
export interface WhileAttrs {
  readonly form: 'while';
  readonly condition: Program;
  readonly body: Program;
  readonly carries: number;
  /** The condition is false after this many iterations at the latest: only such loops have gradients. */
  readonly maxIterations?: number;
}

const counter = { shape: [], dtype: 'int32' } as const;
const vector = { shape: [2], dtype: 'float32' } as const;
const scalar = (value: number): Tensor => full({ ...counter, value });
const example = {
  condition: subProgram('condition', ([i]) => [lt(i, scalar(3))], [counter, vector, vector]).program,
  body: subProgram('body', ([i, x, w]) => [add(i, scalar(1)), mul(x, w)], [counter, vector, vector]).program,
};

const record: Primitive<Tensor[], WhileAttrs, readonly Tensor[]> = primitive<Tensor[], WhileAttrs, readonly Tensor[]>(
  'while',
  {
    kind: 'control',
    result: (inputs, { condition, body, carries }) => {
      for (const program of [condition, body]) expectAvals('primitive while', program, program.inputs, inputs);
      expectAvals('primitive while', condition, condition.outputs, [{ shape: [], dtype: 'bool' }]);
      expectAvals('primitive while', body, body.outputs, inputs.slice(0, carries));
      return body.outputs.map(avalOf);
    },
    vjpMany: (g, inputs, attrs, outputs, context) => whileGradient(g, inputs, attrs, outputs, context),
    programs: ({ condition, body }) => [condition, body],
    samples: [
      {
        inputs: [{ shape: [], dtype: 'int32', values: [0] }, { shape: [2] }, { shape: [2] }],
        attrs: { form: 'while', ...example, carries: 2, maxIterations: 4 },
      },
    ],
  },
);

/** A loop of the maximal number of iterations, each of which has an effect only while the condition holds, can be run backwards. */
function whileGradient(
  g: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  { condition, body, carries, maxIterations }: WhileAttrs,
  outputs: readonly Tensor[],
  context: VjpContext,
): (Tensor | null)[] {
  const length =
    maxIterations ??
    fail(
      'gradient of a while loop',
      'the number of rounds has no bound',
      'give `maxIterations`, or use a scan or a for loop',
    );
  const fixed = inputs.slice(carries);
  const again = scan(
    (now) => ({
      carries: cond(
        inline(condition, [...now, ...fixed])[0],
        (values) => inline(body, [...values, ...fixed]),
        (values) => values,
        now,
      ),
      results: [],
    }),
    inputs.slice(0, carries),
    [],
    { length },
  );
  const seeded = floats(outputs).filter((k) => g[k] !== null);
  const wrt = floats(inputs);
  const found = context.gradients(
    seeded.map((k) => again.carries[k]),
    seeded.map((k) => g[k]),
    wrt.map((n) => inputs[n]),
  );
  return inputs.map((_, n) => found[wrt.indexOf(n)] ?? null);
}

/**
 * Repeats `body` on the carries while `condition` (a bool scalar) holds, at most `maxIterations` times when given; without
 * that bound there is no gradient. Tensors that the functions read from outside are passed along.
 */
export const whileLoop = Object.assign(
  (
    condition: (carries: readonly Tensor[]) => Tensor,
    body: (carries: readonly Tensor[]) => readonly Tensor[],
    init: readonly Tensor[],
    { maxIterations }: { maxIterations?: number | undefined } = {},
  ): readonly Tensor[] => {
    if (maxIterations !== undefined) {
      const counted = whileCounted(condition, body, init, maxIterations);
      return counted.slice(1);
    }
    return runWhile(condition, body, init);
  },
  { rule: record.rule },
);

const whileCounted = (
  condition: (carries: readonly Tensor[]) => Tensor,
  body: (carries: readonly Tensor[]) => readonly Tensor[],
  init: readonly Tensor[],
  maxIterations: number,
): readonly Tensor[] =>
  runWhile(
    ([i, ...carries]) => bitAnd(lt(i, scalar(maxIterations)), condition(carries)),
    ([i, ...carries]) => [add(i, scalar(1)), ...body(carries)],
    [scalar(0), ...init],
    maxIterations,
  );

function runWhile(
  condition: (carries: readonly Tensor[]) => Tensor,
  body: (carries: readonly Tensor[]) => readonly Tensor[],
  init: readonly Tensor[],
  maxIterations?: number,
): readonly Tensor[] {
  const { programs, captured } = shareCaptured([
    subProgram('condition', (carries) => [condition(carries)], init),
    subProgram('body', body, init),
  ]);
  return bind<WhileAttrs>(record.rule as Rule<WhileAttrs>, [...init, ...captured], {
    form: 'while',
    condition: programs[0],
    body: programs[1],
    carries: init.length,
    ...(maxIterations !== undefined && { maxIterations }),
  }) as readonly Tensor[];
}
