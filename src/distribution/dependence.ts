import { bind } from '../ir/primitive.ts';
import { equationsBehind } from '../ir/program.ts';
import { inScope } from '../ir/scope.ts';
import type { Tensor } from '../tensor/index.ts';
import { sumRule } from './sums.ts';

/** Those of the recorded tensors that depend on sources, other than through sums over processes. */
export function dependents(tensors: readonly Tensor[], isSource: (t: Tensor) => boolean): Set<Tensor> {
  const reached = new Set<Tensor>();
  const isReached = (t: Tensor): boolean => reached.has(t) || isSource(t);
  for (const { inputs, outputs } of equationsBehind(tensors, (t) => t.equation?.rule === sumRule || isSource(t)))
    if (inputs.some(isReached)) for (const y of outputs) reached.add(y);
  return new Set(tensors.filter(isReached));
}

/** What tensors would be if others had been replaced. */
export function withReplaced(tensors: readonly Tensor[], replaced: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const now = new Map(replaced);
  for (const { rule, inputs, attrs, outputs, scope } of equationsBehind(tensors, (t) => now.has(t))) {
    if (!inputs.some((x) => now.has(x))) continue;
    const operands = inputs.map((x) => now.get(x) ?? x);
    const others = inScope(scope, () => [bind(rule, operands, attrs)].flat());
    outputs.forEach((y, k) => now.set(y, others[k]!));
  }
  return tensors.map((t) => now.get(t) ?? t);
}
