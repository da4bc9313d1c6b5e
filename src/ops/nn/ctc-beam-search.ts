import { fail } from '../../base/errors.ts';
import type { Tensor } from '../../ir/tensor.ts';
import { asTensor, type Like, tensor } from '../../tensor/like.ts';
import { knownNumbers } from '../numpy/known.ts';

interface BeamOptions {
  /** Prefixes kept after each step. */
  readonly beamWidth: number;
  /** Sequences in the result. */
  readonly topPaths: number;
  /** Class that stands for the blank. */
  readonly maskIndex: number;
}
interface Candidate {
  readonly path: readonly number[];
  readonly score: number;
  /** Whether the last symbol was a blank: then the same class again is a new one. */
  readonly isMasked: boolean;
}
const logAdd = (a: number, b: number): number => {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log(Math.exp(a - most) + Math.exp(b - most));
};
const compare = (a: readonly number[], b: readonly number[]): number => {
  for (let k = 0; k < Math.max(a.length, b.length); k++) {
    const d = (a[k] ?? -1) - (b[k] ?? -1);
    if (d !== 0) return d;
  }
  return 0;
};
/** Candidates of equal paths joined: logarithms of the probability to end with a label and with a blank. */
function joined(list: readonly Candidate[]): { path: readonly number[]; emit: number; mask: number }[] {
  const byPath = new Map<string, { path: readonly number[]; emit: number; mask: number }>();
  for (const { path, score, isMasked } of list) {
    const key = path.join();
    const entry = byPath.get(key) ?? { path, emit: -Infinity, mask: -Infinity };
    if (isMasked) entry.mask = logAdd(entry.mask, score);
    else entry.emit = logAdd(entry.emit, score);
    byPath.set(key, entry);
  }
  return [...byPath.values()].sort((a, b) => compare(a.path, b.path));
}
/** The last `count` in ascending order of score; equal scores keep the order of paths. */
const best = <T>(list: readonly T[], score: (x: T) => number, count: number): T[] =>
  [...list].sort((a, b) => score(a) - score(b) || 0).slice(-count);

function decode(
  log: readonly (readonly number[])[],
  { beamWidth, topPaths, maskIndex }: BeamOptions,
): { paths: (readonly number[])[]; scores: number[] } {
  const classes = log[0].map((_, c) => c);
  const extended = (path: readonly number[], c: number): readonly number[] => (c === maskIndex ? path : [...path, c]);
  let list: Candidate[] = best(classes, (c) => log[0][c], Math.min(classes.length, beamWidth)).map((c) => ({
    path: extended([], c),
    score: log[0][c],
    isMasked: c === maskIndex,
  }));
  for (const now of log.slice(1)) {
    const next = list.flatMap(({ path, score, isMasked }) =>
      classes.map((c): Candidate => {
        const isRepeated = !isMasked && path.length > 0 && path.at(-1) === c;
        return { path: isRepeated ? path : extended(path, c), score: score + now[c], isMasked: c === maskIndex };
      }),
    );
    const kept = best(joined(next), (x) => logAdd(x.emit, x.mask), beamWidth);
    list = [
      ...kept.map(({ path, emit }) => ({ path, score: emit, isMasked: false })),
      ...kept.map(({ path, mask }) => ({ path, score: mask, isMasked: true })),
    ].filter(({ score }) => score > -Infinity);
  }
  const total = joined(list).map(({ path, emit, mask }) => ({ path, score: logAdd(emit, mask) }));
  const top = best(total, (x) => x.score, topPaths).reverse();
  while (top.length < topPaths) top.push({ path: [], score: -Infinity });
  return { paths: top.map((x) => x.path), scores: top.map((x) => x.score) };
}

/** The most probable sequences, found by extending and joining the best prefixes. It needs numbers: it runs outside of compiled programs. */
export function beamSearch(inputs: Like, sequenceLengths: Like, options: BeamOptions): [Tensor, Tensor] {
  const x = asTensor(inputs);
  const [data, lengths] = [knownNumbers(x), knownNumbers(asTensor(sequenceLengths))];
  if (!Array.isArray(data) || !Array.isArray(lengths))
    return fail(
      'ctcDecode',
      'a beam search needs numbers, and this tensor has none yet',
      'call it on computed tensors, or use strategy "greedy"',
    );
  const [n, time, count] = x.shape as [number, number, number];
  // Classes are counted from the last, so that of equal scores the lower class wins.
  const turned = { ...options, maskIndex: count - 1 - options.maskIndex };
  const results = lengths.slice(0, n).map((length, b) => {
    const log = Array.from({ length: Math.max(1, Math.min(length, time)) }, (_, t) => {
      const row = data.slice((b * time + t) * count, (b * time + t + 1) * count).reverse();
      const sum = row.reduce(logAdd, -Infinity);
      return row.map((v) => v - sum);
    });
    return decode(log, turned);
  });
  const paths = Array.from({ length: options.topPaths }, (_, k) =>
    results.map(({ paths: own }) =>
      Array.from({ length: time }, (_, t) => (own[k][t] === undefined ? -1 : count - 1 - own[k][t])),
    ),
  );
  const shape = [options.topPaths, n, time];
  return [
    tensor(Int32Array.from(paths.flat(2)), { shape, dtype: 'int32' }),
    tensor(Float32Array.from(results.flatMap((r) => r.scores)), { shape: [n, options.topPaths] }),
  ];
}
