import { describe, expect, it } from 'vitest';
import type { Algebra } from '../src/algebra/algebra.ts';
import { dtypeInfo, type TypedArray } from '../src/base/dtype.ts';
import { sizeOf } from '../src/base/shape.ts';
import type { LinearCode, LinearTarget } from '../src/codegen/linear/ir.ts';
import { linearKernel } from '../src/codegen/linear/linearize.ts';
import { Lowering } from '../src/codegen/lowering.ts';
import { interpretPlan, type RunLoops } from '../src/compiler/check/interpret-plan.ts';
import { compile } from '../src/compiler/compile.ts';
import { dealtLoop } from '../src/compiler/schedule/deal.ts';
import { threadsTarget } from '../src/compiler/threads-target.ts';
import { referenceDevice } from '../src/devices/reference/device.ts';
import { stored } from '../src/devices/reference/stored-numbers.ts';
import type { Region } from '../src/ir/expr.ts';
import type { Stmt } from '../src/ir/loops.ts';
import { bind, type Rule } from '../src/ir/primitive.ts';
import { makeProgram, type Program } from '../src/ir/program.ts';
import { Tensor } from '../src/ir/tensor.ts';
import * as primitives from '../src/primitives/index.ts';
import { kernelPrograms } from './kernel-programs.ts';
import { evenNumbers } from './random-models/data.ts';

/** Runs a kernel on arrays as one of so many workers. */
export type RunLinear = (arrays: readonly TypedArray[], worker: number, workers: number) => void;
/** Makes code for registers ready to run. */
export type Ready = (code: LinearCode, target: LinearTarget) => RunLinear;

const reference = referenceDevice();

/** Kernels as code for a target's registers, run by some workers one after the other. */
function runner(algebra: Algebra, target: LinearTarget, workers: number, ready: Ready): RunLoops {
  const made = new WeakMap<readonly Stmt[], (arrays: readonly TypedArray[]) => void>();
  const make = (body: readonly Stmt[], regions: readonly Region[]) => {
    const lowering = new Lowering(algebra);
    const statements = lowering.kernel(body, target.lanes);
    const isDealt = statements.every((s) => dealtLoop(s) !== undefined);
    const views = regions.map((r) => lowering.view(r));
    const run = ready(linearKernel(statements, views, { lowering, target, isDealt }), target);
    return (arrays: readonly TypedArray[]) => {
      for (let t = 0; t < (isDealt ? workers : 1); t++) run(arrays, t, workers);
    };
  };
  return (body, regions, arrays) => {
    const run = made.get(body) ?? make(body, regions);
    made.set(body, run);
    run(arrays);
  };
}

/** Kernels of any width do what the reference device does. */
function check(
  program: Program,
  data: readonly TypedArray[],
  targets: readonly LinearTarget[],
  ready: Ready,
  near = 1e-5,
): void {
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
      runner(plan.algebra, target, workers, ready),
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

/** Every sample of every primitive and the programs of `kernelPrograms`, as kernels for targets. */
export function judgeKernels(
  title: string,
  targets: readonly LinearTarget[],
  ready: Ready,
  isTried: (program: string) => boolean = () => true,
): void {
  describe.skipIf(targets.length === 0)(title, () => {
    it.each(rules)('compute %s as the reference does', (_, rule) => {
      for (const { inputs, attrs } of rule.samples) {
        const tensors = inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
        const outputs = [bind(rule, tensors, attrs)].flat() as Tensor[];
        check(makeProgram(rule.name, tensors, outputs), inputs.map(data), targets, ready);
      }
    });

    const programs = Object.entries(kernelPrograms).filter(([name]) => isTried(name));
    it.each(programs)('compute %s as the reference does', (_, make) => {
      const program = make();
      const positive = (n: number): boolean => n >= program.inputs.length / 2;
      check(
        program,
        program.inputs.map(({ shape, dtype }, n) =>
          data({ shape, dtype, ...(dtype === 'int32' ? { low: 3, high: 30 } : positive(n) ? { low: 0.1 } : {}) }),
        ),
        targets,
        ready,
        1e-4,
      );
    });
  });
}
