import { expect, test } from 'vitest';
import { gradients } from '../autodiff/gradients.ts';
import { dtypeInfo, isFloat, type TypedArray } from '../base/dtype.ts';
import { sizeOf } from '../base/shape.ts';
import { evaluator } from '../devices/reference/evaluate.ts';
import { KernelText } from '../devices/reference/kernel-text.ts';
import { stored } from '../devices/reference/stored-numbers.ts';
import type { Region } from '../ir/expr.ts';
import type { Stmt } from '../ir/loops.ts';
import type { Rule, SampleInput } from '../ir/primitive.ts';
import { bind } from '../ir/primitive.ts';
import { makeProgram, type Program } from '../ir/program.ts';
import { type Aval, Tensor } from '../ir/tensor.ts';
import * as primitives from '../primitives/index.ts';
import { interpretPlan } from './check/interpret-plan.ts';
import { verifyPlan } from './check/verify-plan.ts';
import { compile } from './compile.ts';
import type { Plan, Target } from './plan.ts';
import { threadsTarget } from './threads-target.ts';

const p = primitives;
const targets: Record<string, Target> = {
  'four threads': threadsTarget(4, () => true),
  'one thread and no kernels': threadsTarget(1, () => false),
};

const run = (body: readonly Stmt[], regions: readonly Region[], arrays: readonly TypedArray[]): void => {
  const text = new KernelText(regions);
  text.statements(body);
  text.finish()(...arrays);
};

let seed = 1;
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
function data({ shape, dtype = 'float32', low = -1, high = 1, values }: SampleInput): TypedArray {
  const { array, kind } = dtypeInfo[dtype];
  const x = new array(sizeOf(shape));
  for (let i = 0; i < x.length; i++) {
    const value = values ? values[i]! : low + (high - low) * random();
    x[i] = stored[dtype]?.encode(value) ?? (kind === 'float' ? value : Math.floor(value));
  }
  return x;
}
const decoded = (x: TypedArray, { dtype }: Aval): number[] => Array.from(x, (v) => stored[dtype]?.decode(v) ?? v);

/** Runs the program's plan and compares it with the reference. */
function check(program: Program, arrays: readonly TypedArray[], target: Target, tolerance = 2e-5): Plan {
  const expected = evaluator(program)(arrays.map((x) => x.slice()));
  const plan = compile(program, target);
  verifyPlan(plan);
  const found = interpretPlan(
    plan,
    arrays.map((x) => x.slice()),
    run,
  );
  program.outputs.forEach((y, k) => {
    const [a, b] = [decoded(found[k]!, y), decoded(expected[k]!, y)];
    expect(a.length).toBe(b.length);
    const near = isFloat(y.dtype) ? (stored[y.dtype] ? 2e-2 : tolerance) : 0;
    const wrong = a.findIndex(
      (v, i) => !(Object.is(v, b[i]) || v === b[i] || Math.abs(v - b[i]!) <= near * (1 + Math.abs(b[i]!))),
    );
    if (wrong >= 0) expect.fail(`${program.name}: output ${k}[${wrong}] is ${a[wrong]}, not ${b[wrong]}`);
  });
  return plan;
}
const inputs = (...shapes: (number[] | SampleInput)[]): { tensors: Tensor[]; arrays: TypedArray[] } => {
  const list = shapes.map((s) => (Array.isArray(s) ? { shape: s } : s));
  return {
    tensors: list.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype })),
    arrays: list.map(data),
  };
};

const rules = [
  ...new Set(
    Object.values(primitives)
      .map((x) => (typeof x === 'function' && 'rule' in x ? (x.rule as Rule) : undefined))
      .filter((r): r is Rule => r !== undefined),
  ),
];

for (const [name, target] of Object.entries(targets)) {
  test.each(rules.map((r) => [r.name, r] as const))(`%s does what its samples say on ${name}`, (_, rule) => {
    for (const sample of rule.samples) {
      const { tensors, arrays } = inputs(...sample.inputs);
      const outputs = [bind(rule, tensors, sample.attrs)].flat() as Tensor[];
      check(makeProgram(rule.name, tensors, outputs), arrays, target);
      const doubled = outputs.map((y) => (isFloat(y.dtype) ? p.add(p.mul(y, y), y) : y));
      check(makeProgram(rule.name, tensors, doubled), arrays, target, 1e-4);
      const prepared = tensors.map((x) =>
        isFloat(x.dtype) ? p.mul(x, p.full({ shape: x.shape, dtype: x.dtype, value: 0.9 })) : x,
      );
      check(
        makeProgram(rule.name, tensors, [bind(rule, prepared, sample.attrs)].flat() as Tensor[]),
        arrays,
        target,
        1e-4,
      );
    }
  });

  test(`gradients of samples agree on ${name}`, () => {
    for (const rule of rules) {
      if (!rule.vjp) continue;
      for (const sample of rule.samples) {
        const { tensors, arrays } = inputs(...sample.inputs);
        const y = bind(rule, tensors, sample.attrs) as Tensor;
        if (Array.isArray(y) || !isFloat(y.dtype)) continue;
        const grads = gradients([y], [p.mul(y, y)], tensors).filter((g) => g !== null);
        check(makeProgram(rule.name, tensors, grads), arrays, target, 2e-3);
      }
    }
  });

  test(`pads of slices of one array do not share loops with the slices on ${name}`, () => {
    const { tensors, arrays } = inputs([3, 4, 5]);
    const [x] = tensors as [Tensor];
    const part = (y: Tensor, axis: number, start: number, stop: number): Tensor =>
      p.slice(y, {
        starts: y.shape.map((_, d) => (d === axis ? start : 0)),
        stops: y.shape.map((n, d) => (d === axis ? stop : n)),
        strides: y.shape.map(() => 1),
      });
    const roll = (y: Tensor, axis: number, by: number): Tensor => {
      const size = y.shape[axis]!;
      return p.concatenate([part(y, axis, size - by, size), part(y, axis, 0, size - by)], { axis });
    };
    for (const [a, b] of [
      [0, 1],
      [1, 0],
      [2, 0],
      [1, 2],
    ] as const) {
      const y = roll(roll(x, a, 1), b, 2);
      check(makeProgram('roll', tensors, [y, ...(gradients([y], [p.sin(y)], tensors) as Tensor[])]), arrays, target);
    }
  });
}

test('a chain of thousands of equations becomes kernels of bounded size', () => {
  const { tensors, arrays } = inputs([8]);
  let x = tensors[0]!;
  for (let k = 0; k < 4000; k++) x = p.add(p.sin(x), tensors[0]!);
  const plan = check(makeProgram('chain', tensors, [x]), arrays, targets['four threads']!);
  expect(plan.steps.length).toBeGreaterThan(10);
  expect(plan.steps.length).toBeLessThan(400);
});
