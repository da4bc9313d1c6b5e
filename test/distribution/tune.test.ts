import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { RunFolder } from '../../src/studio/run-folder.ts';
import { installed, launch } from './jobs.ts';

type Trial = keras.distribution.Trial;
const program = 'search';
/** What of trials is the same wherever they ran. */
const told = (trials: readonly Trial[]) => trials.map(({ folder: _, ...trial }) => trial);
const notesIn = (folder: string): string[][] =>
  readFileSync(join(folder, 'notes.txt'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' '));

describe('a search', { timeout: 300_000 }, () => {
  const random = launch(undefined, 1, 'random', { program });
  const hyperband = launch(undefined, 1, 'hyperband', { program });

  test('runs trials in processes of their own, and leaves runs that the studio compares', async () => {
    const { code, text, results, folder } = await random;
    expect([code, results[0].trials.length]).toEqual([0, 4]);
    const { best, trials } = results[0] as { best: number; trials: Trial[] };
    expect(best).toBe(trials[0]!.number);
    const scores = trials.map(({ score }) => score!);
    expect(scores).toEqual([...scores].sort((a, b) => a - b));
    for (const { status, logs, score, bestEpoch, epochs, values } of trials) {
      expect([status, epochs, logs['loss']!.length]).toEqual(['done', 3, 3]);
      expect(score).toBe(Math.min(...logs['val_loss']!));
      expect(logs['val_loss']![bestEpoch!]).toBe(score);
      expect(Object.keys(values)).toEqual(['units', 'activation', 'learningRate', 'batchSize']);
    }
    expect(new Set(trials.map(({ values }) => values['learningRate'])).size).toBe(4);
    expect(text.match(/trial \d: val_loss [\d.]+ after 3 epochs \(units \d+, activation/g)).toHaveLength(4);
    expect(new Set(notesIn(folder).map(([pid]) => pid)).size).toBe(4);

    const runs = new Set<string | undefined>();
    const lines: string[] = [];
    await new RunFolder(join(folder, 'search')).read((told) => {
      for (const line of told) {
        if (line.kind === 'run') runs.add(line.run);
        lines.push(JSON.stringify(line));
      }
    });
    expect([...runs]).toEqual(['trial-000', 'trial-001', 'trial-002', 'trial-003']);
    expect(lines.join()).toContain('"learningRate":');
    const first = join(folder, 'search', 'trial-000');
    expect(readdirSync(first).sort()).toEqual(['events.jsonl', 'model.keras', 'output.txt', 'trial.json']);
    expect(readFileSync(join(first, 'output.txt'), 'utf8')).toBe('made\n');

    // The model is that of the best epoch.
    const x = keras.random.normal([120, 4], { seed: 1 });
    const y = keras.ops.sum(x, { axis: 1, keepdims: true });
    const model = await keras.models.loadModel<keras.Model>(join(folder, 'search', `trial-00${best}`, 'model.keras'));
    const loss = await model.evaluate(keras.ops.slice(x, [90, 0], [30, 4]), keras.ops.slice(y, [90, 0], [30, 1]), {
      verbose: 0,
    });
    expect(Math.abs((loss as number) / scores[0]! - 1)).toBeLessThan(1e-5);
  });

  test('that was killed goes on where it was, with the numbers of one that was not', async () => {
    const { results } = await random;
    const broken = await launch(undefined, 1, 'random', { program, env: { KILL_AT: '2', PROCESSES: '1' } });
    expect([broken.code, broken.results[0]]).toEqual([null, undefined]);
    const before = notesIn(broken.folder).length;
    const { code, results: after, folder } = await launch(undefined, 1, 'random', { program, folder: broken.folder });
    expect(code).toBe(0);
    expect(told(after[0].trials)).toEqual(told(results[0].trials));
    // The first epoch of the trial that was cut off is not trained again.
    expect([before, notesIn(folder).length]).toEqual([2, 2 + 11]);
    // And all is there: nothing runs.
    const again = await launch(undefined, 1, 'random', { program, folder });
    expect(told(again.results[0].trials)).toEqual(told(results[0].trials));
    expect(notesIn(folder)).toHaveLength(13);
  });

  test('by Hyperband trains on the best of many', async () => {
    const { code, results, folder } = await hyperband;
    expect(code).toBe(0);
    const trials = results[0].trials as Trial[];
    // Brackets of 4, 3 and 3 trials; of the first 2 go on to 2 epochs, and 1 to 4.
    const byNumber = [...trials].sort((a, b) => a.number - b.number);
    const epochs = byNumber.map((trial) => trial.epochs);
    expect(epochs.slice(0, 4).sort()).toEqual([1, 1, 2, 4]);
    expect(epochs.slice(4, 7).sort()).toEqual([2, 4, 4]);
    expect(epochs.slice(7)).toEqual([4, 4, 4]);
    const lossAt = (epoch: number) => (trial: Trial) => trial.logs['val_loss']![epoch]!;
    const first = byNumber.slice(0, 4).sort((a, b) => lossAt(0)(a) - lossAt(0)(b));
    expect(
      first
        .slice(0, 2)
        .map((trial) => trial.epochs)
        .sort(),
    ).toEqual([2, 4]);
    // None of their epochs was trained twice.
    expect(notesIn(folder)).toHaveLength(epochs.reduce((sum, n) => sum + n, 0));
    expect(existsSync(join(folder, 'search', 'trial-000', 'backup'))).toBe(false);
  });

  test('goes on without trials that fail, and tries them again when it is started again', async () => {
    const { code, results, folder } = await launch(undefined, 1, 'failures', { program });
    expect(code).toBe(0);
    const failed = (results[0].trials as Trial[]).filter(({ status }) => status === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(5);
    expect(failed[0]!.error).toContain('this model cannot be made');
    const other = await launch(undefined, 1, 'random', { program, folder });
    expect(other.code).toBe(1);
    expect(other.text).toMatch(/holds another search[\s\S]*name another directory/);
  });

  test.each(installed.map((launcher) => [launcher]))('%s: runs on ranks, with the same results', async (launcher) => {
    const expected = (await hyperband).results[0].trials;
    const { code, results, folder } = await launch(launcher, 2, 'hyperband', { program });
    expect(code).toBe(0);
    for (const result of results) expect(told(result.trials)).toEqual(told(expected));
    expect(new Set(notesIn(folder).map(([pid]) => pid)).size).toBe(2);
  });
});
