import { expect, test } from 'vitest';
import { convolutional, perceptron, transformer, values } from '../../test/training-programs.ts';
import { evaluator } from '../devices/reference/evaluate.ts';
import { KernelText } from '../devices/reference/kernel-text.ts';
import type { Program } from '../ir/program.ts';
import { interpretPlan } from './check/interpret-plan.ts';
import { verifyPlan } from './check/verify-plan.ts';
import { compile } from './compile.ts';
import type { Plan } from './plan.ts';
import { threadsTarget } from './threads-target.ts';

/** Compiles the step, runs it against the reference, and gives the plan. */
function check(program: Program, threads: number, own: boolean): Plan {
  const plan = compile(
    program,
    threadsTarget(threads, () => own),
  );
  verifyPlan(plan);
  const given = values(program);
  const expected = evaluator(program)(given.map((x) => x.slice()));
  const found = interpretPlan(plan, given, (body, regions, arrays) => {
    const text = new KernelText(regions);
    text.statements(body);
    text.finish()(...arrays);
  });
  found.forEach((array, k) => {
    const worst = Math.max(...Array.from(array, (x, i) => Math.abs(x - expected[k]![i]!)));
    expect(worst, `output ${k}`).toBeLessThan(2e-4);
  });
  return plan;
}

const copies = ({ steps }: Plan): number => steps.filter((s) => s.kind === 'copy').length;

for (const [threads, own] of [
  [1, false],
  [4, true],
] as const) {
  test(`a perceptron learns in few kernels, in place, with ${threads} threads`, () => {
    const plan = check(perceptron(), threads, own);
    expect(plan.steps.length).toBeLessThanOrEqual(16);
    expect(copies(plan)).toBe(0);
  });
  test(`convolutions with batch normalisation learn with ${threads} threads`, () => {
    const plan = check(convolutional(), threads, own);
    expect(plan.steps.length).toBeLessThanOrEqual(32);
    expect(copies(plan)).toBe(0);
  });
  test(`a transformer block learns with ${threads} threads`, () => {
    const plan = check(transformer(), threads, own);
    expect(plan.steps.length).toBeLessThanOrEqual(45);
    expect(copies(plan)).toBe(0);
  });
}
