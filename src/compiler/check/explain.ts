import { sizeOf } from '../../base/shape.ts';
import { innerSteps } from '../memory/barriers.ts';
import type { Plan, Step } from '../plan.ts';

const count = (n: number): string => {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const)
    if (n >= size) return `${(n / size).toPrecision(3)} ${unit}`;
  return `${n} `;
};

/**
 * A plan's steps as text, one line each: how it runs, what it computes, where the result goes, bytes and operations.
 */
export function explain(plan: Plan): string {
  const lines: string[] = [];
  const visit = (steps: readonly Step[], indent: string): void => {
    for (const step of steps) {
      const how = `${step.barrier ? '|' : ' '}${step.serial ? '1' : '*'}`;
      lines.push(`${how} ${indent}${describe(step)}`);
      innerSteps(step).forEach((inner, k) => {
        if (k > 0) lines.push(`   ${indent}or then`);
        visit(inner, `${indent}  `);
      });
    }
  };
  visit(plan.steps, '');
  const { bytes, flops } = totals(plan.steps);
  const barriers = plan.steps.filter((s) => s.barrier).length;
  lines.push(
    `${plan.steps.length} steps, ${barriers} barriers, ${count(bytes)}B moved, ${count(flops)}FLOP, scratch ${count(plan.scratch.reduce((a, b) => a + b, 0))}B`,
  );
  return lines.join('\n');
}

function describe(step: Step): string {
  switch (step.kind) {
    case 'loops':
    case 'contraction': {
      const { name, bytes, flops } = step.info;
      const results = step.writes.map((r) => `${r.name}: ${r.dtype}[${sizeOf(r.shape)}]`).join(', ');
      return `${step.kind === 'loops' ? '' : 'contraction '}${name} -> ${results}  ${count(bytes)}B ${count(flops)}FLOP`;
    }
    case 'copy':
      return `copy ${step.from.name} -> ${step.to.name}`;
    case 'repeat':
      return `repeat ${step.times} times`;
    default:
      return step.kind;
  }
}

/** Total bytes touched and operations performed by the steps, each step counted once. */
export function totals(steps: readonly Step[]): { bytes: number; flops: number } {
  let [bytes, flops] = [0, 0];
  for (const step of steps) {
    if (step.kind === 'loops' || step.kind === 'contraction') {
      bytes += step.info.bytes;
      flops += step.info.flops;
    }
    for (const inner of innerSteps(step)) {
      const part = totals(inner);
      bytes += part.bytes;
      flops += part.flops;
    }
  }
  return { bytes, flops };
}
