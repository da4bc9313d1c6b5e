import { beforeEach, describe, expect, test } from 'vitest';
import { resetNames } from '../../src/base/naming.ts';
import { deserializeObject, serializeObject } from '../../src/base/registry/serialize.ts';
import * as optimizers from '../../src/optimizers/index.ts';
import '../../src/constraints/index.ts';
import { jit, type Tensor, Variable } from '../../src/tensor/index.ts';
import { casesOf, expectNumbers, expectSame, optionsOf, type Stored, type Tolerance, tensorOf } from './cases.ts';

interface Named {
  readonly name: string;
  readonly path: string;
  readonly value: Stored;
}
interface Case {
  readonly id: string;
  readonly kind: 'optimizer';
  readonly config: object;
  readonly variables: readonly Named[];
  readonly grads: readonly (readonly (Stored | null)[])[];
  readonly after: readonly (readonly Stored[])[];
  readonly learning_rate_after: readonly (number | null)[];
  readonly iterations: number;
  readonly optimizer_variables: readonly Named[];
  readonly finalized?: readonly Stored[];
  readonly constraints?: Readonly<Record<string, object>>;
  readonly exclude_from_weight_decay?: { readonly var_names?: readonly string[] };
  readonly set_learning_rate?: Readonly<Record<string, number>>;
  readonly tol?: Tolerance;
}
interface ErrorCase {
  readonly id: string;
  readonly kind: 'optimizer_error';
  readonly class_name: string;
  readonly kwargs: object;
}
interface Aliases {
  readonly id: string;
  readonly kind: 'aliases';
  readonly map: Readonly<Record<string, { kind: 'class' | 'error'; name: string; learning_rate?: number }>>;
}
const all = casesOf<Case | ErrorCase | Aliases>('optimizers/optimizers');
const ofKind = <K extends (Case | ErrorCase | Aliases)['kind']>(kind: K) =>
  all
    .filter((c): c is Extract<Case | ErrorCase | Aliases, { kind: K }> => c.kind === kind)
    .map((c) => [c.id, c] as const);

function setUp(c: Case): { optimizer: optimizers.Optimizer; variables: Variable[] } {
  const variables = c.variables.map(({ name, path, value }) => {
    const constraint = c.constraints?.[path];
    const variable = new Variable(tensorOf(value), {
      name,
      ...(constraint && { constraint: deserializeObject(constraint) as (x: Tensor) => Tensor }),
    });
    variable.path = path;
    return variable;
  });
  const optimizer = optimizers.get(c.config);
  expect(serializeObject(optimizer)).toEqual(c.config);
  const { var_names: varNames } = c.exclude_from_weight_decay ?? {};
  if (varNames) optimizer.excludeFromWeightDecay({ varNames });
  optimizer.build(variables);
  return { optimizer, variables };
}

const tolerance: Tolerance = [2e-5, 2e-6];
async function check(c: Case, compile: boolean): Promise<void> {
  const { optimizer, variables } = setUp(c);
  const apply = (gradients: readonly (Tensor | null)[]): void => optimizer.apply(gradients, variables);
  const step = compile ? jit(apply) : apply;
  for (const [k, gradients] of c.grads.entries()) {
    const rate = c.set_learning_rate?.[k];
    if (rate !== undefined) optimizer.learningRate = rate;
    step(gradients.map((g) => g && tensorOf(g)));
    variables.forEach((v, i) =>
      expectSame(v.value, c.after[k]![i]!, c.tol ?? tolerance, `${c.id} step ${k} ${v.path}`),
    );
    const expected = c.learning_rate_after[k];
    if (typeof expected === 'number') expectNumbers([await optimizer.readLearningRate()], [expected], [1e-6, 1e-8]);
    else expect(() => optimizer.learningRate).toThrow('no learning rate');
  }
  expect(await optimizer.iterations.numpy()).toBe(c.iterations);
  expect(optimizer.variables.map(({ path }) => path)).toEqual(c.optimizer_variables.map(({ path }) => path));
  optimizer.variables.forEach((v, i) =>
    expectSame(v.value, c.optimizer_variables[i]!.value, c.tol ?? tolerance, `${c.id} ${v.path}`),
  );
  if (!c.finalized) return;
  optimizer.finalizeVariableValues();
  variables.forEach((v, i) => expectSame(v.value, c.finalized![i]!, c.tol ?? tolerance, `${c.id} final ${v.path}`));
}

/** Where gradients are gathered, Keras counts batches for averages and schedules; here updates count (optimizer.test.ts). */
function countsBatches({ config }: Case): boolean {
  const {
    gradient_accumulation_steps: rounds,
    use_ema: ema,
    learning_rate: rate,
  } = (config as { config: Gathering }).config;
  return typeof rounds === 'number' && (ema === true || typeof rate === 'object');
}
interface Gathering {
  readonly gradient_accumulation_steps?: number | null;
  readonly use_ema?: boolean;
  readonly learning_rate?: unknown;
}
test('cases that count batches instead of updates are these', () => {
  expect(
    ofKind('optimizer')
      .filter(([, c]) => countsBatches(c))
      .map(([id]) => id.split('/')[0])
      .sort(),
  ).toEqual(['Adam', 'AdamW', 'Adamax', 'Lamb', 'Lion', 'SGD', 'SGD', 'ScheduleFreeAdamW']);
});
beforeEach(resetNames);
const cases = ofKind('optimizer').filter(([, c]) => !countsBatches(c));
describe('op by op', () => {
  test.each(cases)('%s', (_, c) => check(c, false));
});
describe('compiled', () => {
  test.each(cases)('%s', (_, c) => check(c, true));
});

type Class = new (options: object) => optimizers.Optimizer;
// Keras asks for a float as learning rate; in JavaScript 1 is one.
const isInteger = ({ kwargs }: { kwargs: object }): boolean =>
  'learning_rate' in kwargs && Number.isInteger(kwargs.learning_rate);
test.each(ofKind('optimizer_error').filter(([, c]) => !isInteger(c)))('%s', (_, { class_name, kwargs }) => {
  const Made = (optimizers as unknown as Record<string, Class>)[class_name]!;
  expect(() => new Made(optionsOf(kwargs))).toThrow(class_name);
});
test.each(ofKind('aliases'))('%s', async (_, { map }) => {
  for (const [name, { kind, name: className, learning_rate: rate }] of Object.entries(map)) {
    if (kind === 'error') expect(() => optimizers.get(name), name).toThrow('no optimizer');
    else {
      const optimizer = optimizers.get(name);
      expect(optimizer.className).toBe(className);
      expect(await optimizer.readLearningRate()).toBe(rate);
    }
  }
});
