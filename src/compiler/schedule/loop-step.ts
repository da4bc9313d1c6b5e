import { loadsOf } from '../../algebra/cost.ts';
import { eachStatement, expressionsOf } from '../../algebra/statements.ts';
import type { Region } from '../../ir/expr.ts';
import type { Stmt } from '../../ir/loops.ts';
import type { Kernel } from '../group/kernel.ts';
import { bytesOf as bytesIn } from '../memory/homes.ts';
import type { KernelInfo, LoopStep } from '../plan.ts';

/** A loop step, with the regions it touches. */
export function loopStep(info: KernelInfo, body: readonly Stmt[], serial: boolean, flops = info.flops): LoopStep {
  const { reads, writes } = regionsOf(body);
  return {
    kind: 'loops',
    info: { ...info, bytes: bytesOf([...reads, ...writes]), flops },
    barrier: true,
    serial,
    reads,
    writes,
    body,
  };
}

/** Bytes of all the regions together. */
export const bytesOf = (regions: readonly Region[]): number => regions.reduce((sum, r) => sum + bytesIn(r), 0);

/** Regions that statements load from and store to. */
export function regionsOf(list: readonly Stmt[]): { reads: Region[]; writes: Region[] } {
  const [reads, writes] = [new Set<Region>(), new Set<Region>()];
  eachStatement(list, (s) => {
    for (const e of expressionsOf(s)) for (const { from } of loadsOf(e)) reads.add(from);
    if (s.op === 'store') {
      writes.add(s.to);
      if (s.combine) reads.add(s.to);
    }
  });
  return { reads: [...reads], writes: [...writes] };
}

/** Names of the primitives in a kernel, as `conv + add + max`. */
export function infoOf({ equation, members, scopes }: Kernel): KernelInfo {
  const names: string[] = equation ? [equation.rule.name] : [];
  for (const { tensor } of members) {
    const name = tensor.equation!.rule.name;
    if (tensor.equation !== equation) names.push(name);
  }
  const counted = [...new Set(names)].map((name) => {
    const n = names.filter((x) => x === name).length;
    return n > 1 ? `${n} ${name}` : name;
  });
  return { name: counted.join(' + '), fused: names, bytes: 0, flops: 0, scopes };
}
