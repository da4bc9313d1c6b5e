import { describe, expect, test } from 'vitest';
import { installed, launch } from './jobs.ts';

interface Trained {
  readonly history: Readonly<Record<string, number[]>>;
  readonly weights: readonly number[][];
}
/** The largest difference of two lists of lists, relative to what is large there. */
const difference = (a: readonly number[][], b: readonly number[][]): number =>
  Math.max(
    ...a.map((row, k) => {
      const scale = Math.max(...row.map(Math.abs), 1e-3);
      expect(b[k]!.length).toBe(row.length);
      return Math.max(0, ...row.map((x, j) => Math.abs(x - b[k]![j]!) / scale));
    }),
  );
const program = 'steps';

describe.skipIf(installed.length === 0)('steps of several processes', { timeout: 300_000 }, () => {
  const places = installed.flatMap((launcher) => [2, 4].map((ranks) => [launcher, ranks] as const));
  const cases = {
    synchronized: 'normalise by the moments of the whole batch where layers are synchronized',
    eagerly: 'do so op by op',
    own: 'that a class writes itself give the logs and weights of one process',
    host: 'let metrics on the host see the rows of all',
  };
  describe.each(Object.entries(cases))('%s: %s', (job) => {
    const alone = launch(undefined, 1, job, { program });
    test.each(places)('%s -n %i', async (launcher, ranks) => {
      const [expected] = (await alone).results as [Trained[]];
      const { code, text, results } = await launch(launcher, ranks, job, { program });
      expect([code, text]).toEqual([0, '']);
      const [first, ...others] = results as Trained[][];
      expect(first!.length).toBe(expected.length);
      expected.forEach(({ history, weights }, k) => {
        expect(Object.keys(first![k]!.history)).toEqual(Object.keys(history));
        expect(difference(Object.values(history), Object.values(first![k]!.history))).toBeLessThan(1e-5);
        expect(difference(weights, first![k]!.weights)).toBeLessThan(1e-5);
      });
      for (const other of others) expect(other).toEqual(first);
    });
  });

  test.each([
    ['grad', /gives "[^"]*kernel" a value that follows from the rows of one process alone.*keras\.gradients/s],
    ['early', /for "early" what a metric had before its last update/],
    ['loop', /wanted within a while.*outside of loops/s],
    ['eagerly', /op by op \(runEagerly\).*without runEagerly/s],
  ] as const)('are refused where they cannot be right: %s', async (STEP, words) => {
    const { code, results } = await launch(installed[0], 2, 'refused', { program, env: { STEP } });
    expect(code).toBe(0);
    for (const problem of results) expect(problem).toMatch(words);
  });
});
