import type { Tensor } from '../../src/tensor/index.ts';
import type { RandomCase } from './layer-cases.ts';

const mean = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
const std = (x: readonly number[]): number => {
  const m = mean(x);
  return Math.sqrt(mean(x.map((v) => (v - m) ** 2)));
};

/** What a random case measures of an output y for an input x. */
export function statistics(
  { statistic, ratio = Number.NaN, axes = [] }: RandomCase['expectations'][number],
  input: Tensor,
  output: Tensor,
): number {
  const y = Array.from(output.dataSync());
  const x = Array.from(input.dataSync());
  const ratios = (): number[] => y.map((v, i) => v / x[i]!);
  const differences = (): number[] => y.map((v, i) => v - x[i]!);
  switch (statistic) {
    case 'zero_fraction':
      return mean(y.map((v) => (v === 0 ? 1 : 0)));
    case 'mean':
      return mean(y);
    case 'std':
      return std(y);
    case 'kept_ratio_max_error':
      return Math.max(...y.flatMap((v, i) => (v === 0 ? [] : [Math.abs(v / x[i]! - ratio)])));
    case 'ratio_mean':
      return mean(ratios());
    case 'ratio_std':
      return std(ratios());
    case 'difference_mean':
      return mean(differences());
    case 'difference_std':
      return std(differences());
    case 'distinct_values':
      return new Set(y.map((v) => v.toFixed(4).replace(/^-(0\.0+)$/, '$1'))).size;
    case 'zero_pattern_spread':
      return zeroPatternSpread(y, output.shape, axes);
    default:
      throw new Error(`unknown statistic ${statistic}`);
  }
}

/** Largest difference of "y is zero" between positions that differ only along the axes. */
function zeroPatternSpread(y: readonly number[], shape: readonly number[], axes: readonly number[]): number {
  const seen = new Map<string, number>();
  let spread = 0;
  y.forEach((v, flat) => {
    let rest = flat;
    const index = shape.map(() => 0);
    for (let d = shape.length - 1; d >= 0; d--) {
      index[d] = axes.includes(d) ? 0 : rest % shape[d]!;
      rest = Math.floor(rest / shape[d]!);
    }
    const zero = v === 0 ? 1 : 0;
    const key = index.join();
    spread = Math.max(spread, Math.abs((seen.get(key) ?? zero) - zero));
    seen.set(key, zero);
  });
  return spread;
}
