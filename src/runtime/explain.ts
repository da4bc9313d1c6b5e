import type { Executable, Scope, Timing } from '../devices/device.ts';

const units = ['', 'k', 'M', 'G', 'T'];
/** `1234567` -> `1.23 M`. */
export function readable(n: number): string {
  let at = 0;
  while (n >= 1000 && at < units.length - 1) {
    n /= 1000;
    at++;
  }
  return `${at === 0 ? n : n.toPrecision(3)} ${units[at]}`.trimEnd();
}

/** A layer's path in its model. */
const showScope = ({ path, isBackward }: Scope): string => `${isBackward ? '∂' : ''}${path.replace(/^[^/]*\//, '')}`;

/**
 * A table of a program's kernels: what each one fuses and computes, for which layers (`∂dense` are gradients of one), its
 * output, bytes, FLOPs and optionally milliseconds, and their share of the sum.
 */
export function explain({ kernels, program, scratchBytes }: Executable, timing?: Timing): string {
  const timed = timing && 'ms' in timing ? timing : undefined;
  const milliseconds = timed?.ms.reduce((a, b) => a + b, 0) ?? 0;
  const total = (key: 'bytes' | 'flops'): number => kernels.reduce((sum, k) => sum + k[key], 0);
  const rows = kernels.map((k, n) => [
    `${n}`,
    k.name,
    k.output,
    `${readable(k.bytes)}B`,
    readable(k.flops),
    ...(timed ? [timed.ms[n].toFixed(3), `${((100 * timed.ms[n]) / (milliseconds || 1)).toFixed(1)} %`] : []),
    k.scopes.map(showScope).join(' '),
    k.fused.join(' '),
  ]);
  const table = [
    ['#', 'kernel', 'output', 'bytes', 'FLOPs', ...(timed ? ['ms', 'share'] : []), 'layers', 'fused'],
    ...rows,
  ];
  const widths = table[0].map((_, c) => Math.min(48, Math.max(...table.map((row) => row[c].length))));
  const lines = table.map((row) =>
    row
      .map((cell, c) => (c === row.length - 1 ? cell : cell.padEnd(widths[c])))
      .join('  ')
      .trimEnd(),
  );
  return [
    `Program "${program.name}": ${program.equations.length} equations in ${kernels.length} kernels, ${readable(total('flops'))} FLOPs, ${readable(total('bytes'))}B moved, ${readable(scratchBytes)}B of scratch${timed ? `, ${milliseconds.toPrecision(3)} ms ${timed.where}` : ''}`,
    ...(timing && 'untimed' in timing ? [`No milliseconds: ${timing.untimed}.`] : []),
    ...lines,
  ].join('\n');
}
