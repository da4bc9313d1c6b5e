import { fail } from '../../../base/errors.ts';
import type { Region } from '../../../ir/expr.ts';
import type { Stmt } from '../../../ir/loops.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import { type Callable, type FunctionBuilder, type ModuleBuilder, type Operand, op, select } from '../encoder/index.ts';
import { Frame } from './frames.ts';
import { describeKernel } from './kernel-key.ts';
import { Lowering } from './lowering.ts';
import { isHostOperation } from './scalar-operations.ts';
import { type Span, Statements } from './statements.ts';
import { summarize } from './summary.ts';
import { Values } from './values.ts';

type For = Stmt & { op: 'for' };

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
export function makeKernel(name: string, body: readonly Stmt[], threads: number): Kernel {
  const lowering = new Lowering();
  const statements = lowering.kernel(body);
  const { key, regions } = describeKernel(statements);
  const hostOperations = new Set<ScalarOp>();
  const values = (target: ConstructorParameters<typeof Values>[0], bases: ReadonlyMap<Region, Operand>) =>
    new Values(target, lowering, bases, new Frame(undefined, new Set()));
  const write: Kernel['write'] = (module, hostFunction) => {
    const f = module.func(name, ['i32', 'i32', ...regions.map(() => 'i32' as const)]);
    const bases = new Map(regions.map((region, i) => [region, f.params[i + 2]!]));
    const emitter = values({ f, module, hostFunction }, bases);
    const summary = summarize(statements, emitter.places);
    emitter.frame.uses = summary.uses;
    for (const local of [...summary.assigned, ...summary.accumulated.keys()]) emitter.variable(local);
    const spans = threads > 1 ? dealt(statements, threads, f) : new Map<Stmt, Span>();
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

/** This thread's part of each outermost parallel loop. */
function dealt(body: readonly Stmt[], threads: number, f: FunctionBuilder): Map<Stmt, Span> {
  const spans = new Map<Stmt, Span>();
  for (const stmt of body) {
    if (stmt.op !== 'for' || stmt.mode !== 'parallel')
      return fail('wasm device', 'a kernel for all threads has a statement that none has a part of', 'mark it serial');
    const { loop, grain } = chooseLoop(stmt, threads);
    const units = Math.ceil(loop.axis.size / grain);
    const [index, count] = f.params as [Operand, Operand];
    const bound = (thread: Operand): Operand => {
      const unit = op('i32.div_u', op('i32.mul', thread, units), count);
      return f.let('i32', grain === 1 ? unit : op('i32.mul', unit, grain));
    };
    const from = bound(index);
    const last = bound(op('i32.add', index, 1));
    // The last unit may be cut short.
    const to =
      units * grain === loop.axis.size
        ? last
        : f.let('i32', select(last, loop.axis.size, op('i32.lt_s', last, loop.axis.size)));
    spans.set(loop, { from, to });
  }
  return spans;
}

/** Of parallel loops right inside of each other, the one that threads share most evenly; of equals, the outermost. */
function chooseLoop(outermost: For, threads: number): { loop: For; grain: number } {
  let best: { loop: For; grain: number } | undefined;
  let least = Infinity;
  for (let loop: For | undefined = outermost; loop; loop = innerParallel(loop)) {
    // Vectors are not torn apart, and threads do not write to one cache line.
    const grain = loop.body.some((s) => s.op === 'for') ? 1 : 16;
    const units = Math.ceil(loop.axis.size / grain);
    const unevenness = (Math.ceil(units / threads) * threads) / units;
    if (unevenness < least - 0.02) [best, least] = [{ loop, grain }, unevenness];
  }
  return best!;
}

function innerParallel(loop: For): For | undefined {
  const [only, ...others] = loop.body;
  return others.length === 0 && only?.op === 'for' && only.mode === 'parallel' ? only : undefined;
}
