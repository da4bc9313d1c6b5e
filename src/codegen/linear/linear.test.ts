import { describe, expect, it } from 'vitest';
import { kernelPrograms } from '../../../test/kernel-programs.ts';
import { interpretLinear } from '../../../test/linear-interpreter.ts';
import { evenNumbers } from '../../../test/random-models/data.ts';
import type { Algebra } from '../../algebra/algebra.ts';
import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import { interpretPlan, type RunLoops } from '../../compiler/check/interpret-plan.ts';
import { compile } from '../../compiler/compile.ts';
import { dealtLoop } from '../../compiler/schedule/deal.ts';
import { threadsTarget } from '../../compiler/threads-target.ts';
import { referenceDevice } from '../../devices/reference/device.ts';
import { stored } from '../../devices/reference/stored-numbers.ts';
import type { Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import { bind, type Rule } from '../../ir/primitive.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as primitives from '../../primitives/index.ts';
import { Lowering } from '../lowering.ts';
import type { LinearTarget } from './ir.ts';
import { linearKernel } from './linearize.ts';

const reference = referenceDevice();
const targets: readonly LinearTarget[] = [
  { lanes: 4, fused: false, instructions: new Set() },
  { lanes: 8, fused: true, instructions: new Set() },
  { lanes: 16, fused: true, instructions: new Set(['exp', 'tanh']) },
];

/** Kernels as code for a target's registers, run by some workers one after the other. */
function runner(algebra: Algebra, target: LinearTarget, workers: number): RunLoops {
  const made = new WeakMap<readonly Stmt[], (arrays: readonly TypedArray[]) => void>();
  const make = (body: readonly Stmt[], regions: readonly Region[]) => {
    const lowering = new Lowering(algebra);
    const statements = lowering.kernel(body, target.lanes);
    const isDealt = statements.every((s) => dealtLoop(s) !== undefined);
    const views = regions.map((r) => lowering.view(r));
    const code = linearKernel(statements, views, { lowering, target, isDealt });
    return (arrays: readonly TypedArray[]) => {
      for (let t = 0; t < (isDealt ? workers : 1); t++) interpretLinear(code, arrays, target, t, workers);
    };
  };
  return (body, regions, arrays) => {
    const run = made.get(body) ?? make(body, regions);
    made.set(body, run);
    run(arrays);
  };
}

/** Kernels of any width do what the reference device does. */
function check(program: Program, data: readonly TypedArray[], near = 1e-5): void {
  const expected = reference
    .compile(program)
    .run(data.map((x, k) => reference.upload(x.slice(), program.inputs[k]!.dtype)))
    .map((buffer, k) => reference.download(buffer, program.outputs[k]!) as TypedArray);
  for (const target of targets) {
    const workers = target.lanes === 8 ? 3 : 1;
    const plan = compile(program, { ...threadsTarget(workers, () => false, 0), vectorWidth: target.lanes });
    const found = interpretPlan(
      plan,
      data.map((x) => x.slice()),
      runner(plan.algebra, target, workers),
    );
    expected.forEach((right, k) => {
      const { dtype } = program.outputs[k]!;
      const decode = stored[dtype]?.decode ?? ((x: number) => x);
      const tolerance = stored[dtype] ? 0.02 : near;
      right.forEach((bits, i) => {
        const [x, y] = [decode(found[k]![i]!), decode(bits)];
        if (!(Object.is(x + 0, y + 0) || Math.abs(x - y) <= tolerance * (1 + Math.abs(y))))
          expect.fail(`${program.name}, ${target.lanes} lanes: output ${k}[${i}] is ${x}, not ${y}`);
      });
    });
  }
}

interface Wanted {
  readonly shape: readonly number[];
  readonly dtype?: keyof typeof dtypeInfo;
  readonly low?: number;
  readonly high?: number;
  readonly values?: readonly number[];
}
function data({ shape, dtype = 'float32', low = -1, high = 1, values }: Wanted): TypedArray {
  const { array, kind } = dtypeInfo[dtype];
  const x = new array(sizeOf(shape));
  const next = evenNumbers(7);
  for (let i = 0; i < x.length; i++) {
    const value = values ? values[i]! : low + (high - low) * next();
    x[i] = stored[dtype]?.encode(value) ?? (kind === 'float' ? value : Math.floor(value));
  }
  return x;
}

const rules = [
  ...new Map(
    Object.values(primitives).flatMap((p) =>
      typeof p === 'function' && 'rule' in p ? [[p.rule.name, p.rule as Rule]] : [],
    ),
  ),
];

describe('kernels for vectors of 4, 8 and 16', () => {
  it.each(rules)('compute %s as the reference does', (_, rule) => {
    for (const { inputs, attrs } of rule.samples) {
      const tensors = inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
      const outputs = [bind(rule, tensors, attrs)].flat() as Tensor[];
      check(makeProgram(rule.name, tensors, outputs), inputs.map(data));
    }
  });

  // Convolutions as loops take the interpreter minutes.
  const programs = Object.entries(kernelPrograms).filter(([name]) => !name.startsWith('convolution'));
  it.each(programs)('compute %s as the reference does', (_, make) => {
    const program = make();
    const positive = (n: number): boolean => n >= program.inputs.length / 2;
    check(
      program,
      program.inputs.map(({ shape, dtype }, n) =>
        data({ shape, dtype, ...(dtype === 'int32' ? { low: 3, high: 30 } : positive(n) ? { low: 0.1 } : {}) }),
      ),
      1e-4,
    );
  });
});
