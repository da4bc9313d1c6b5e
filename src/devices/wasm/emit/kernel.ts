import type { Algebra } from '../../../algebra/algebra.ts';
import { fail } from '../../../base/errors.ts';
import { describeKernel } from '../../../codegen/kernel-key.ts';
import { Lowering } from '../../../codegen/lowering.ts';
import { summarize } from '../../../codegen/summary.ts';
import { dealtLoop, unitsOf } from '../../../compiler/schedule/deal.ts';
import type { Region } from '../../../ir/expr.ts';
import type { Stmt } from '../../../ir/loops.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import {
  type Callable,
  type FunctionBuilder,
  type Local,
  type ModuleBuilder,
  type Operand,
  op,
  select,
} from '../encoder/index.ts';
import { partOf } from '../part.ts';
import { targetOf } from './elementary.ts';
import { Frame } from './frames.ts';
import { isHostOperation } from './scalar-operations.ts';
import { type Span, Statements } from './statements.ts';
import { Values } from './values.ts';

/** A loop nest made ready to be written as a function. */
export interface Kernel {
  readonly name: string;
  /** Equal for kernels that differ only in the regions they work on. */
  readonly key: string;
  /** Regions whose addresses the function takes, in order. */
  readonly regions: readonly Region[];
  /** Operations that the host has to do. */
  readonly hostOperations: ReadonlySet<ScalarOp>;
  /** Writes the function `(threadIndex, threadCount, ...addresses)`. */
  write(module: ModuleBuilder, hostFunction: (name: ScalarOp) => Callable): FunctionBuilder;
}

/** Prepares a loop nest. `threads` is the number that its parallel loops are dealt out to: with 1, all is run by the caller. */
export function makeKernel(name: string, body: readonly Stmt[], threads: number, algebra: Algebra): Kernel {
  const lowering = new Lowering(algebra);
  const statements = lowering.kernel(body);
  const { key, regions } = describeKernel(statements);
  const hostOperations = new Set<ScalarOp>();
  const values = (target: ConstructorParameters<typeof Values>[0], bases: ReadonlyMap<Region, Operand>) =>
    new Values(target, lowering, bases, new Frame(undefined, new Set()));
  const write: Kernel['write'] = (module, hostFunction) => {
    const f = module.func(name, ['i32', 'i32', ...regions.map(() => 'i32' as const)]);
    const bases = new Map(regions.map((region, i) => [region, f.params[i + 2]!]));
    const emitter = values(targetOf(f, module, hostFunction), bases);
    const summary = summarize(statements, emitter.places);
    emitter.frame.uses = summary.uses;
    for (const local of [...summary.assigned, ...summary.accumulated.keys()]) emitter.variable(local);
    const spans = threads > 1 ? dealt(statements, f) : new Map<Stmt, Span>();
    new Statements(emitter, spans).list(statements);
    return f;
  };
  collectHostOperations(statements, hostOperations);
  return {
    name,
    key: threads > 1 ? `parallel ${key}` : key,
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
    if ('f' in x && 'args' in x && isHostOperation(x as never)) found.add((x as { f: ScalarOp }).f);
    for (const y of Object.values(x)) visit(y);
  };
  visit(body);
}

/** This thread's part of each dealt loop. */
function dealt(body: readonly Stmt[], f: FunctionBuilder): Map<Stmt, Span> {
  const spans = new Map<Stmt, Span>();
  for (const stmt of body) {
    const loop = dealtLoop(stmt);
    if (!loop)
      return fail('wasm device', 'a kernel for all threads has a statement that none has a part of', 'mark it serial');
    const { axis, share = 1 } = loop;
    const [from, last] = partOf(f, unitsOf(loop), ...(f.params as [Local, Local])).map((unit) =>
      share === 1 ? unit : f.let('i32', op('i32.mul', unit, share)),
    ) as [Local, Local];
    // The last unit may be cut short.
    const isWhole = axis.size % share === 0;
    const to = isWhole ? last : f.let('i32', select(last, axis.size, op('i32.lt_s', last, axis.size)));
    spans.set(loop, { from, to });
  }
  return spans;
}
