import { expect, test } from 'vitest';
import { convolutional, perceptron, transformer, values } from '../../../test/training-programs.ts';
import { gradients } from '../../autodiff/gradients.ts';
import { dtypeInfo, isFloat, type TypedArray } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import { KernelText } from '../../devices/reference/kernel-text.ts';
import { stored } from '../../devices/reference/stored-numbers.ts';
import type { Axis, Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import { bind, type Rule, type SampleInput } from '../../ir/primitive.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/index.ts';
import { compile } from '../compile.ts';
import { touchedBy } from '../memory/barriers.ts';
import type { LoopStep, Plan, Step, Target } from '../plan.ts';
import { threadsTarget } from '../threads-target.ts';
import { interpretPlan } from './interpret-plan.ts';
import { interpretThreads } from './interpret-threads.ts';
import { verifyPlan } from './verify-plan.ts';

const written = new WeakMap<readonly Stmt[], (...arrays: unknown[]) => void>();
const run = (body: readonly Stmt[], regions: readonly Region[], arrays: readonly TypedArray[]): void => {
  let f = written.get(body);
  if (!f) {
    const text = new KernelText(regions);
    text.statements(body);
    written.set(body, (f = text.finish()));
  }
  f(...arrays);
};
const copies = (arrays: readonly TypedArray[]): TypedArray[] => arrays.map((x) => x.slice());

const target = (threads: number, own: boolean): Target => threadsTarget(threads, () => own, 0);

/** Threads do what one alone does, and none touches what is another's. */
function check(program: Program, arrays: readonly TypedArray[], own: boolean, counts = [2, 3, 4, 7]): void {
  for (const threads of counts) {
    const plan = compile(program, target(threads, own));
    verifyPlan(plan);
    const right = interpretPlan(plan, copies(arrays), run);
    const { outputs, conflict } = interpretThreads(plan, copies(arrays), run, {
      threads,
      backwards: threads % 2 === 1,
    });
    if (conflict) expect.fail(`${program.name}, ${threads} threads: ${conflict}`);
    outputs.forEach((y, k) => {
      const wrong = y.findIndex((v, i) => !Object.is(v, right[k]![i]) && !(Math.abs(v - right[k]![i]!) < 1e-5));
      if (wrong >= 0) expect.fail(`${program.name}, ${threads} threads: output ${k}[${wrong}] is ${y[wrong]}`);
    });
  }
}

function data({ shape, dtype = 'float32', low = -1, high = 1, values: given }: SampleInput): TypedArray {
  const { array, kind } = dtypeInfo[dtype];
  const x = new array(sizeOf(shape));
  for (let i = 0; i < x.length; i++) {
    const value = given ? given[i]! : low + ((high - low) * ((i * 7919 + 13) % 97)) / 97;
    x[i] = stored[dtype]?.encode(value) ?? (kind === 'float' ? value : Math.floor(value));
  }
  return x;
}

const rules = [
  ...new Set(
    Object.values(p)
      .map((x) => (typeof x === 'function' && 'rule' in x ? (x.rule as Rule) : undefined))
      .filter((r): r is Rule => r !== undefined),
  ),
];

test.each(rules.map((r) => [r.name, r] as const))('threads that compute %s keep out of each other’s way', (_, rule) => {
  for (const sample of rule.samples) {
    const tensors = sample.inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
    const arrays = sample.inputs.map(data);
    const outputs = [bind(rule, tensors, sample.attrs)].flat() as Tensor[];
    check(makeProgram(rule.name, tensors, outputs), arrays, true, [2, 7]);
    const [y] = outputs;
    if (outputs.length > 1 || !rule.vjp || !isFloat(y!.dtype)) continue;
    const grads = gradients([y!], [p.mul(y!, y!)], tensors).filter((g) => g !== null);
    check(makeProgram(`gradient of ${rule.name}`, tensors, grads), arrays, false, [3]);
  }
});

test.each([
  ['a perceptron', perceptron()],
  ['convolutions with batch normalisation', convolutional(2, 6, [3, 8])],
  ['a transformer block', transformer()],
])('threads share a training step of %s', (_, program) => {
  check(program, values(program), true, [2, 7]);
  check(program, values(program), false, [3, 4]);
});

const tensor = (...shape: number[]): Tensor => new Tensor({ shape, dtype: 'float32' });
const like = (x: Tensor, value: number): Tensor => p.full({ shape: x.shape, dtype: x.dtype, value });
const scalar = (value: number): Tensor => p.full({ shape: [], dtype: 'float32', value });
const matmul = (x: Tensor, y: Tensor): Tensor => p.dot(x, y, { batch: [[], []], contract: [[1], [0]] });
const total = (x: Tensor): Tensor => p.reduceSum(x, { axes: x.shape.map((_x, d) => d) });

/** A loop over rows that carries a state through products, and its gradient. */
function recurrent(): Program {
  const [state, rows, w, u] = [tensor(5, 8), tensor(6, 5, 7), tensor(8, 8), tensor(7, 8)];
  const { carries, results } = p.scan(
    ([h], [row]) => {
      const next = p.tanh(p.add(matmul(h!, w), matmul(row!, u)));
      return { carries: [next], results: [p.mul(next, next)] };
    },
    [state],
    [rows],
  );
  const loss = p.add(total(results[0]!), total(carries[0]!));
  const grads = gradients([loss], [like(loss, 1)], [w, u, state]) as Tensor[];
  const updated = [w, u].map((x, k) => p.sub(x, p.mul(grads[k]!, like(x, 0.1))));
  const donated = new Map([
    [1, 2],
    [2, 3],
  ]);
  return makeProgram('recurrent', [state, rows, w, u], [loss, ...updated, grads[2]!], donated);
}

/** A loop of unknown length and a choice, both over arrays that threads share. */
function undecided(): Program {
  const x = tensor(70);
  const [grown] = p.whileLoop(
    ([v]) => p.gt(scalar(400), total(v!)),
    ([v]) => [p.add(p.mul(v!, like(v!, 1.5)), like(v!, 1))],
    [x],
  );
  const [chosen] = p.cond(
    p.gt(total(x), scalar(0)),
    ([v]) => [p.exp(v!)],
    ([v]) => [p.neg(p.mul(v!, v!))],
    [grown!],
  );
  return makeProgram('undecided', [x], [grown!, p.mul(chosen!, x)], new Map([[1, 0]]));
}

test.each([recurrent(), undecided()].map((program) => [program.name, program] as const))(
  'threads go round and choose together: %s',
  (_, program) => {
    for (const own of [false, true]) check(program, values(program), own);
  },
);

const mapSteps = (plan: Plan, f: (step: Step, k: number) => Step): Plan => ({ ...plan, steps: plan.steps.map(f) });
const conflictIn = (plan: Plan, program: Program, threads: number): string | undefined =>
  interpretThreads(plan, copies(values(program)), run, { threads }).conflict;

test('a plan without one of its barriers is found out', () => {
  const program = convolutional(2, 6, [3, 8]);
  const plan = compile(program, target(3, true));
  const needed = plan.steps.flatMap(({ barrier }, k) => (barrier ? [k] : []));
  expect(needed.length).toBeGreaterThan(10);
  for (const [n, k] of needed.entries()) {
    const wrong = mapSteps(plan, (s, at) => (at === k ? { ...s, barrier: false } : s));
    expect(() => verifyPlan(wrong)).toThrow('no barrier keeps');
    if (n % 4 === 0) expect(conflictIn(wrong, program, 3)).toBeDefined();
  }
});

test('a step that every thread does in full is found out, and named', () => {
  const program = perceptron();
  const plan = compile(program, target(2, true));
  const whole = (list: LoopStep['body']): LoopStep['body'] =>
    list.map((s): Stmt => {
      if (s.op !== 'for') return s;
      const { axis, mode } = s;
      return { op: 'for', axis, mode: mode === 'parallel' ? 'serial' : mode, body: whole(s.body) };
    });
  let tried = 0;
  for (const step of plan.steps) {
    if (step.kind !== 'loops' || step.serial) continue;
    const name = `in "${step.info.name}", which threads share`;
    const replaced = (body: readonly Stmt[]): Plan => mapSteps(plan, (s) => (s === step ? { ...step, body } : s));
    expect(() => verifyPlan(replaced(whole(step.body)))).toThrow(name);
    const each: Axis = { name: 'each', size: 2 };
    const wrong = replaced([{ op: 'for', axis: each, mode: 'parallel', share: 1, body: whole(step.body) }]);
    expect(() => verifyPlan(wrong)).toThrow(name);
    if (tried++ % 4 === 0) expect(conflictIn(wrong, program, 2)).toContain(`in step "${step.info.name}"`);
  }
  expect(tried).toBeGreaterThan(4);
});

test('a step of one thread that all do is found out', () => {
  const program = perceptron();
  const plan = compile(
    program,
    threadsTarget(2, () => true),
  );
  const alone = plan.steps.filter((s) => s.serial && s.kind === 'loops');
  expect(alone.length).toBeGreaterThan(2);
  for (const step of alone)
    expect(() => verifyPlan(mapSteps(plan, (s) => (s === step ? { ...s, serial: false } : s)))).toThrow('is malformed');
});

test('arrays that are put over each other while threads use them are found out', () => {
  const program = transformer();
  const plan = compile(program, target(2, false));
  const stretches: Step[][] = [];
  for (const step of plan.steps) {
    if (step.barrier || stretches.length === 0) stretches.push([]);
    stretches.at(-1)!.push(step);
  }
  let tried = 0;
  for (const stretch of stretches)
    for (const [k, a] of stretch.entries())
      for (const b of stretch.slice(k + 1)) {
        const [mine, other] = [touchedBy(a).writes[0]!, touchedBy(b).writes[0]!];
        const [own, home] = [mine, other].map((r) => plan.homes.get(r)!);
        if ((a.serial && b.serial) || own!.kind !== 'arena' || home!.kind !== 'arena') continue;
        tried++;
        const scratch = [Math.max(plan.scratch[0]!, home.offset + 4 * sizeOf(mine.shape))];
        const wrong = { ...plan, homes: new Map(plan.homes).set(mine, home), scratch };
        expect(() => verifyPlan(wrong)).toThrow('is malformed');
      }
  expect(tried).toBeGreaterThan(2);
});

test('bytes that one thread has freed are not given to all before a barrier', () => {
  // The first thread goes through small arrays one after the other; sums that all threads make may not stand there next.
  const [x, y] = [tensor(64), tensor(4096, 64)];
  const centred = (v: Tensor): Tensor => p.sub(v, p.broadcast(total(v), { shape: v.shape, axes: [] }));
  let small = x;
  for (let k = 0; k < 4; k++) small = p.exp(centred(p.sort([small], { axis: 0, descending: k % 2 === 0 })[0]!));
  const sums = p.reduceSum(y, { axes: [0] });
  const program = makeProgram('freed', [x, y], [small, centred(sums)]);
  for (const threads of [2, 4])
    verifyPlan(
      compile(
        program,
        threadsTarget(threads, () => true),
      ),
    );
});

test('the workspace of a product that one thread does is not given to all before a barrier', () => {
  const [a, b, x, w] = [tensor(20, 33), tensor(33, 20), tensor(200, 90), tensor(90, 70)];
  const program = makeProgram('products', [a, b, x, w], [matmul(a, b), matmul(x, w)]);
  const plan = compile(
    program,
    threadsTarget(2, () => true),
  );
  expect(plan.steps.map((s) => s.serial)).toEqual([true, false]);
  expect(plan.steps.map((s) => s.barrier)).toEqual([false, true]);
  verifyPlan(plan);
});
