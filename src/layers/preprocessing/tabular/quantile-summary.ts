/** A summary of samples: values in ascending order, and how many samples each represents. */
export interface Summary {
  readonly values: readonly number[];
  readonly weights: readonly number[];
}
const single = Math.fround;

/** A summary of about `1 / epsilon` of the samples, spaced among them as evenly as possible. */
export function summarize(samples: readonly number[], epsilon: number): Summary {
  const sorted = Float32Array.from(samples).sort();
  const step = Math.max(sorted.length / (1 / epsilon), 1);
  const values: number[] = [];
  for (let k = Math.trunc(step - 1); k < sorted.length; k += Math.trunc(step)) values.push(sorted[k]);
  return { values, weights: values.map(() => single(step)) };
}

/** Merges two summaries, keeping quantiles accurate to `epsilon`. */
export function mergeSummaries(a: Summary, b: Summary, epsilon: number): Summary {
  const all = [...a.values, ...b.values].map((value, k) => ({ value, weight: [...a.weights, ...b.weights][k] }));
  all.sort((p, q) => p.value - q.value);
  return compress({ values: all.map(({ value }) => value), weights: all.map(({ weight }) => weight) }, epsilon);
}

/** The boundaries of a given number of bins. */
export const boundariesOf = (summary: Summary, bins: number): number[] =>
  compress(summary, 1 / bins)
    .values.slice(0, -1)
    .map(single);

/** A summary of `1 / epsilon` values, interpolated between the given ones by their counts. */
function compress(summary: Summary, epsilon: number): Summary {
  if (summary.values.length * epsilon < 1) return summary;
  const shares = Array.from({ length: Math.ceil(1 / epsilon) }, (_, k) => epsilon + k * epsilon);
  let total = 0;
  const reached = summary.weights.map((w) => (total = single(total + w)));
  const reachedShares = reached.map((w) => single(w / total));
  const values = shares.map((p) => interpolated(p, reachedShares, summary.values));
  const weights = shares.map((p) => interpolated(p, reachedShares, reached));
  return { values: values.map(single), weights: weights.map((w, k) => single(w - (weights[k - 1] ?? 0))) };
}

/** The line through points `(x, y)`, x rising, at p; level before the first and behind the last. */
function interpolated(p: number, x: readonly number[], y: readonly number[]): number {
  if (p <= x[0]) return y[0];
  const last = x.length - 1;
  if (p >= x[last]) return y[last];
  let k = 1;
  while (x[k] <= p) k++;
  return y[k - 1] + ((y[k] - y[k - 1]) / (x[k] - x[k - 1])) * (p - x[k - 1]);
}
