import { eachStatement } from '../../../algebra/statements.ts';
import type { LoopStep } from '../../../compiler/plan.ts';
import { type Axis, type Expr, type Local, load } from '../../../ir/expr.ts';
import type { Stmt } from '../../../ir/loops.ts';
import type { Dispatch, EmitContext } from '../dispatch.ts';
import { KernelText } from '../kernels/kernel-text.ts';
import { combined, wgslType } from './expression.ts';

/** The most invocations of a workgroup. */
const mostThreads = 64;

/**
 * A step of loops as one kernel: each iteration of its outer parallel loops is an invocation; without such loops there
 * is just one.
 */
export function loopKernel(step: LoopStep, context: EmitContext): Dispatch {
  const axes: Axis[] = [];
  let body = step.body;
  for (;;) {
    const [only] = body;
    if (body.length !== 1 || only.op !== 'for') break;
    if (only.mode === 'serial' || (only.mode === 'vector' && axes.length > 0 && hasSums(only.body))) break;
    axes.push(only.axis);
    body = only.body;
  }
  const text = new KernelText(context);
  const turns = axes.reduce((n, a) => n * a.size, 1);
  const threads = Math.max(1, Math.min(mostThreads, turns));
  if (turns % threads !== 0 || axes.length > 0) text.line(`var turn = group * ${threads}u + lane;`);
  if (turns % threads !== 0) text.line(`if (turn >= ${turns}u) { return; }`);
  axes.forEach((axis, k) => {
    const inner = axes.slice(k + 1).reduce((n, a) => n * a.size, 1);
    const name = text.nameOfAxis(axis);
    text.line(`let ${name}: i32 = i32(turn${inner > 1 ? ` / ${inner}u` : ''});`);
    if (inner > 1) text.line(`turn = turn % ${inner}u;`);
  });
  declareLocals(body, text);
  write(body, text);
  return text.dispatch(step.info.name, { threads, groups: Math.ceil(turns / threads) });
}

const hasSums = (list: readonly Stmt[]): boolean => list.some((s) => s.op === 'accumulate');

/** Declares the variables that statements assign. */
export function declareLocals(list: readonly Stmt[], text: KernelText): void {
  const locals = new Set<Local>();
  eachStatement(list, (s) => {
    if (s.op === 'set' || s.op === 'accumulate') locals.add(s.local);
  });
  for (const local of locals) text.line(`var ${text.nameOfLocal(local)}: ${wgslType(local.type)};`);
}

/** Writes statements one after the other. */
export function write(list: readonly Stmt[], text: KernelText): void {
  const need = (helper: string): void => text.need(helper);
  const value = (e: Expr): string => text.values(e)[0];
  for (const s of list) {
    switch (s.op) {
      case 'for': {
        const i = text.nameOfAxis(s.axis);
        text.line(`for (var ${i}: i32 = 0; ${i} < ${s.axis.size}; ${i}++) {`);
        write(s.body, text);
        text.line('}');
        break;
      }
      case 'while':
        text.line('loop {');
        text.line(`if (!${value(s.condition)}) { break; }`);
        write(s.body, text);
        text.line('}');
        break;
      case 'if':
        text.line(`if (${value(s.condition)}) {`);
        write(s.then, text);
        if (s.otherwise.length > 0) text.line('} else {');
        write(s.otherwise, text);
        text.line('}');
        break;
      case 'set':
        text.line(`${text.nameOfLocal(s.local)} = ${value(s.value)};`);
        break;
      case 'accumulate': {
        const sum = text.nameOfLocal(s.local);
        text.line(`${sum} = ${combined(s.combine, s.local.type, sum, value(s.value), need)};`);
        break;
      }
      case 'store': {
        const old = s.combine ? load(s.to, s.index) : undefined;
        const [position, result, before] = text.values(s.index[0], s.value, ...(old ? [old] : []));
        const merged = s.combine ? combined(s.combine, s.value.type, before, result, need) : result;
        text.store(s.to, position, merged);
      }
    }
  }
}
