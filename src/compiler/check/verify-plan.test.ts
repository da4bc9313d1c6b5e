import { expect, test } from 'vitest';
import { makeProgram } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { cumSum } from '../../primitives/cumulative/cumulative.ts';
import { add, exp, mul } from '../../primitives/elementwise.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { compile } from '../compile.ts';
import type { Home, LoopStep, Plan } from '../plan.ts';
import { threadsTarget } from '../threads-target.ts';
import { explain } from './explain.ts';
import { verifyPlan } from './verify-plan.ts';

const target = threadsTarget(1, () => false);
function example(): Plan {
  const x = new Tensor({ shape: [6, 5], dtype: 'float32' });
  const columns = reduceSum(exp(x), { axes: [0] });
  const rows = reduceSum(mul(x, x), { axes: [1] });
  return compile(
    makeProgram('example', [x], [add(reduceSum(columns, { axes: [0] }), reduceSum(rows, { axes: [0] }))]),
    target,
  );
}

test('a compiled plan is well-formed and explains itself', () => {
  const plan = example();
  verifyPlan(plan);
  expect(explain(plan)).toMatch(/reduceSum[\s\S]*steps, 0 barriers/);
});

test('a plan that reads before it writes is refused', () => {
  const plan = example();
  expect(() => verifyPlan({ ...plan, steps: plan.steps.slice(1) })).toThrow('read where its bytes are not its own');
});

test('a plan whose arrays overlap while both live is refused', () => {
  const plan = example();
  const homes = new Map<unknown, Home>(plan.homes);
  const arena = [...plan.homes].filter(([, home]) => home.kind === 'arena');
  expect(arena.length).toBeGreaterThan(1);
  for (const [region] of arena) homes.set(region, { kind: 'arena', offset: 0 });
  expect(() => verifyPlan({ ...plan, homes: homes as Plan['homes'] })).toThrow('is malformed');
});

test('a plan that stores outside a region is refused', () => {
  const plan = example();
  const steps = plan.steps.map((s) => {
    const { body } = s as LoopStep;
    const shrunk = (s as LoopStep).writes.map((r) => ({ ...r, shape: [0] }));
    const swap = (list: LoopStep['body']): LoopStep['body'] =>
      list.map((x) => {
        if (x.op === 'for') return { ...x, axis: { ...x.axis }, body: swap(x.body) };
        return x.op === 'store' ? { ...x, to: shrunk[0]!, index: [{ op: 'const', type: 'i32', value: 1 }] } : x;
      });
    return { ...(s as LoopStep), body: swap(body) };
  });
  expect(() => verifyPlan({ ...plan, steps })).toThrow('positions 1 … 1');
});

test('a running total along the only axis that is not 1 is one turn, and no clash', () => {
  for (const shape of [
    [1, 200],
    [200, 1],
  ]) {
    const x = new Tensor({ shape, dtype: 'float32' });
    const axis = shape.indexOf(200);
    const plan = compile(makeProgram('line', [x], [cumSum(x, { axis, reverse: false })]), {
      ...target,
      workers: 4,
      leastWork: 0,
    });
    verifyPlan(plan);
  }
});
