import type { Algebra } from '../../../algebra/algebra.ts';
import { describeKernel } from '../../../codegen/kernel-key.ts';
import { linearKernel } from '../../../codegen/linear/linearize.ts';
import { Lowering } from '../../../codegen/lowering.ts';
import type { Expr, Region } from '../../../ir/expr.ts';
import type { Stmt } from '../../../ir/loops.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import type { Callable, FunctionBuilder, ModuleBuilder } from '../encoder/index.ts';
import { targetOf } from './elementary.ts';
import { LinearWriter } from './linear-writer.ts';
import { isHostOperation } from './scalar-operations.ts';
import { machine } from './target.ts';

/** A loop nest prepared to be written as a function. */
export interface Kernel {
  readonly name: string;
  /** Equal for kernels that differ only in their regions. */
  readonly key: string;
  /** Regions whose addresses the function takes, in order. */
  readonly regions: readonly Region[];
  /** Operations performed by the host. */
  readonly hostOperations: ReadonlySet<ScalarOp>;
  /** Writes the function `(threadIndex, threadCount, ...addresses)`. */
  write(module: ModuleBuilder, hostFunction: (name: ScalarOp) => Callable): FunctionBuilder;
}

/** Prepares a loop nest. Its parallel loops are dealt out to `threads` threads; with 1, the caller runs everything. */
export function makeKernel(name: string, body: readonly Stmt[], threads: number, algebra: Algebra): Kernel {
  const lowering = new Lowering(algebra);
  const statements = lowering.kernel(body, machine().lanes);
  const { key, regions } = describeKernel(statements);
  const hostOperations = new Set<ScalarOp>();
  const isDealt = threads > 1;
  const write: Kernel['write'] = (module, hostFunction) => {
    const f = module.func(name, ['i32', 'i32', ...regions.map(() => 'i32' as const)]);
    const { params, body } = linearKernel(statements, regions, { lowering, target: machine(), isDealt });
    const given = params.map((p, i) => [p, f.params[i + 2]] as const);
    new LinearWriter(targetOf(f, module, hostFunction), given).list(body);
    return f;
  };
  collectHostOperations(statements, hostOperations);
  return {
    name,
    key: isDealt ? `parallel ${key}` : key,
    regions: regions.map((r) => lowering.original(r)),
    hostOperations,
    write,
  };
}

function collectHostOperations(body: readonly Stmt[], found: Set<ScalarOp>): void {
  const seen = new Set<object>();
  const visit = (x: unknown): void => {
    if (typeof x !== 'object' || x === null || seen.has(x)) return;
    seen.add(x);
    if ('f' in x && 'args' in x && isHostOperation(x as Expr)) found.add((x as { f: ScalarOp }).f);
    for (const y of Object.values(x)) visit(y);
  };
  visit(body);
}
