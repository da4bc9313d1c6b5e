import { loadsOf } from '../../algebra/cost.ts';
import { bodiesOf, expressionsOf } from '../../algebra/statements.ts';
import type { Expr, Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import type { Step } from '../plan.ts';

/**
 * Whether a step may write `to` over the bytes of `from`: each element of `from` is read only where, and before, the same
 * element of `to` is stored.
 */
export function mayReplace(step: Step, from: Region, to: Region): boolean {
  if (step.kind === 'contraction') {
    if (step.operands.includes(from)) return false;
    const at = step.stores.findIndex((s) => s.to === to);
    const position = step.stores[at]?.index[0];
    return step.stores.every((s, k) =>
      loadsOf(s.value).every((x) => x.from !== from || (k <= at && x.index[0] === position)),
    );
  }
  return step.kind === 'loops' && inLoops(step.body, from, to);
}

function inLoops(list: readonly Stmt[], from: Region, to: Region): boolean {
  const position = list.find((s): s is Stmt & { op: 'store' } => s.op === 'store' && s.to === to)?.index[0];
  let isStored = false;
  for (const s of list) {
    for (const e of expressionsOf(s)) {
      const loads = loadsOf(e).filter((x) => x.from === from);
      if (loads.some((x) => !isAt(x, position)) || (isStored && loads.length > 0)) return false;
    }
    if (s.op === 'store' && s.to === to) isStored = true;
    for (const body of bodiesOf(s)) if (touches(body, from, to) && (position || !inLoops(body, from, to))) return false;
  }
  // Loops beside the storing one would read what it has already changed.
  const touching = list.filter((s) => bodiesOf(s).some((body) => touches(body, from, to)));
  return touching.length + (position ? 1 : 0) <= 1;
}

const isAt = (x: Expr & { op: 'load' }, position: Expr | undefined): boolean => x.index[0] === position;

function touches(list: readonly Stmt[], from: Region, to: Region): boolean {
  return list.some(
    (s) =>
      (s.op === 'store' && s.to === to) ||
      expressionsOf(s).some((e) => loadsOf(e).some((x) => x.from === from)) ||
      bodiesOf(s).some((body) => touches(body, from, to)),
  );
}
