import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { installed, launch } from './jobs.ts';

/** The largest relative difference of two lists of lists. */
const difference = (a: readonly number[][], b: readonly number[][]): number =>
  Math.max(...a.flatMap((row, k) => row.map((x, j) => Math.abs(x - b[k]![j]!) / Math.abs(x))));

describe.skipIf(installed.length === 0)('training on several processes', { timeout: 300_000 }, () => {
  const env = { SEED: '7' };
  const alone = launch(undefined, 1, 'curve', { env });
  const masked = launch(undefined, 1, 'masked');

  test.each(installed.flatMap((launcher) => [2, 4].map((ranks) => [launcher, ranks] as const)))(
    '%s -n %i has the losses and metrics of one process, and the same weights on all ranks',
    async (launcher, ranks) => {
      const [expected] = (await alone).results;
      const { code, text, results } = await launch(launcher, ranks, 'curve', { env });
      expect([code, text]).toEqual([0, '']);
      const [first, ...others] = results;
      expect(expected.logs.length).toBeGreaterThan(100);
      expect(first.ranks).toBe(ranks);
      expect(difference(expected.logs, first.logs)).toBeLessThan(1e-5);
      expect(difference(Object.values(expected.history), Object.values(first.history))).toBeLessThan(1e-5);
      expect(difference([expected.scores], [first.scores])).toBeLessThan(1e-5);
      for (const other of others) {
        // Callbacks run on rank 0; what they and the history are told is the same everywhere.
        expect(other).toEqual({ ...first, logs: [] });
      }
    },
  );

  test.each(installed)(
    '%s -n 3 gives the same bits in another run, without a seed those of rank 0',
    async (launcher) => {
      const [once, again] = await Promise.all([
        launch(launcher, 3, 'curve', { env }),
        launch(launcher, 3, 'curve', { env }),
      ]);
      expect(again.results).toEqual(once.results);
      const free = await launch(launcher, 3, 'curve');
      expect(free.code).toBe(0);
      expect(new Set(free.results.map((r) => r.weights)).size).toBe(1);
      expect(free.results[0].weights).not.toBe(once.results[0].weights);
    },
  );

  test('parts that differ in size, or are empty, weigh what they hold: sums, weights of samples and classes, AUC', async () => {
    const [expected] = (await launch(undefined, 1, 'small')).results;
    const [launcher] = installed;
    const { code, results } = await launch(launcher, 4, 'small');
    expect(code).toBe(0);
    expected.forEach((history: Record<string, number[]>, k: number) => {
      expect(Object.keys(results[0][k])).toEqual(Object.keys(history));
      expect(difference(Object.values(history), Object.values(results[0][k]))).toBeLessThan(1e-5);
    });
    for (const other of results.slice(1)) expect(other).toEqual(results[0]);
  });

  test.each([2, 4])(
    'means over what masks and ignored classes leave are those of one process (%i ranks)',
    async (ranks) => {
      const [expected] = (await masked).results;
      const { code, text, results } = await launch(installed[0], ranks, 'masked');
      expect([code, text]).toEqual([0, '']);
      expected.forEach((history: Record<string, number[]>, k: number) => {
        expect(Object.keys(results[0][k])).toEqual(Object.keys(history));
        expect(difference(Object.values(history), Object.values(results[0][k]))).toBeLessThan(1e-5);
      });
      for (const other of results.slice(1)) expect(other).toEqual(results[0]);
    },
  );

  test('products of 8-bit floats have the scales of one process: the largest numbers of all ranks count', async () => {
    const [expected] = (await launch(undefined, 1, 'float8')).results;
    const { code, text, results } = await launch(installed[0], 3, 'float8');
    expect([code, text]).toEqual([0, '']);
    expect(expected.values.length).toBe(18);
    for (const [k, row] of (expected.values as number[][]).entries())
      for (const [j, value] of row.entries())
        expect(Math.abs(results[0].values[k][j] - value) / (value || 1), `${k} ${j}`).toBeLessThan(0.02);
    expect(difference(Object.values(expected.history), Object.values(results[0].history))).toBeLessThan(1e-3);
    for (const other of results.slice(1)) expect(other.weights).toBe(results[0].weights);
  });

  test('a slow rank is waited for, and changes nothing', async () => {
    const [launcher] = installed;
    const together = await launch(launcher, 2, 'slow');
    const slowed = await launch(launcher, 2, 'slow', { env: { SLOW: '1' } });
    expect([slowed.code, slowed.text]).toEqual([0, '']);
    expect(slowed.results).toEqual(together.results);
  });

  test('on native, where it is, ranks have the losses of one process', async () => {
    const native = { ...env, HORNBEAM_DEVICE: 'native' };
    const [expected] = (await launch(undefined, 1, 'curve', { env: native })).results;
    if (expected?.device !== 'native')
      return console.info('native is not there: it is not trained on several processes');
    const { code, results } = await launch(installed[0], 2, 'curve', { env: native });
    expect([code, results[0].device]).toEqual([0, 'native']);
    expect(difference(expected.logs, results[0].logs)).toBeLessThan(1e-5);
    expect({ ...results[1], logs: [] }).toEqual({ ...results[0], logs: [] });
  });

  test('what callbacks of rank 0 do, all ranks do: rates, the best weights, an end; rank 0 alone writes files', async () => {
    const [launcher] = installed;
    const { code, results, folder } = await launch(launcher, 2, 'callbacks');
    expect(code).toBe(0);
    const [first, second] = results;
    expect(first.history.loss.length).toBeLessThan(20);
    expect(first.rate).toBe(0);
    expect([first.asked, second.asked]).toEqual([first.history.loss.length, 0]);
    expect({ ...second, asked: first.asked }).toEqual(first);
    expect(readdirSync(folder).filter((name) => name.endsWith('.keras'))).toEqual(['best.keras', 'saved-by-0.keras']);
  });
});
