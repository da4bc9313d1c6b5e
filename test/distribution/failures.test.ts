import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { installed, launch } from './jobs.ts';

const launchers = installed.map((launcher) => [launcher] as const);

describe.skipIf(installed.length === 0)('several processes of which one', { timeout: 300_000 }, () => {
  test.each(launchers)('%s: gets Ctrl-C, stop after the same step', async (launcher) => {
    const { code, results } = await launch(launcher, 2, 'deeds', { env: { DEED: 'interrupt' } });
    expect(code).toBe(0);
    expect(results[0].steps).toBeLessThan(60);
    expect(results[1]).toEqual(results[0]);
    expect(results[0].epochs).toBe(1);
  });
  test.each(launchers)('%s: throws, end with its error and its exit code', async (launcher) => {
    const { code, text, results } = await launch(launcher, 2, 'deeds', { env: { DEED: 'fail' } });
    expect(code).toBe(1);
    expect(text).toContain('Error: rank 1 cannot read its data');
    expect(text).toContain('process 1 of 2 ended with exit code 1, and the others are ended with it');
    expect(results).toEqual([undefined, undefined]);
  });
  test.each(launchers)('%s: is killed, end and are no success', async (launcher) => {
    const { code, results } = await launch(launcher, 2, 'deeds', { env: { DEED: 'kill' } });
    expect(code).not.toBe(0);
    expect(results).toEqual([undefined, undefined]);
  });
  test.each(launchers)('%s: ends with 0 while the others train, end with a reason', async (launcher) => {
    const { code, text, results } = await launch(launcher, 2, 'deeds', { env: { DEED: 'leave' } });
    expect(code).not.toBe(0);
    expect(text).toContain('process 1 of 2 has ended, and process 0 waits for it');
    expect(results).toEqual([undefined, undefined]);
  });
  test.each(launchers)('%s: has less data, end the round together, with a warning', async (launcher) => {
    const { code, text, results } = await launch(launcher, 2, 'own');
    expect([code, results[0].history.loss.length]).toEqual([0, 2]);
    expect(text).toContain('the data of 1 of 2 processes ended after 3 steps');
    expect(results[1]).toEqual(results[0]);
  });

  test('is killed go on from their backup, on another number of ranks', async () => {
    const [launcher] = installed;
    const [expected] = (await launch(undefined, 1, 'backup')).results;
    const broken = await launch(launcher, 2, 'backup', { env: { BREAK_AT: '18' } });
    expect(broken.code).not.toBe(0);
    expect(existsSync(join(broken.folder, 'backup'))).toBe(true);
    const { code, results, folder } = await launch(launcher, 3, 'backup', { folder: broken.folder });
    expect(code).toBe(0);
    // 15 of 39 steps were in the backup.
    expect([expected.steps, results[0].steps]).toEqual([39, 24]);
    for (const [k, score] of results[0].scores.entries())
      expect(Math.abs(score / expected.scores[k] - 1)).toBeLessThan(1e-5);
    expect(new Set(results.map((r) => r.weights)).size).toBe(1);
    expect(existsSync(join(folder, 'backup'))).toBe(false);
    rmSync(folder, { recursive: true });
  });
});
