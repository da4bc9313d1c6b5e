import { expect, test } from 'vitest';
import * as keras from '../index.ts';
import { bracketsOf, planOf, type Search, type Standing } from './plan.ts';

const { HyperParameters, tune } = keras.distribution;

test('values are drawn by seed, trial and name, within their ranges', () => {
  const drawn = Array.from({ length: 400 }, (_, trial) => {
    const hp = new HyperParameters({ seed: 1, trial });
    return {
      units: hp.int('units', { minValue: 16, maxValue: 64, step: 16 }),
      layers: hp.int('layers', { minValue: 1, maxValue: 3 }),
      wide: hp.int('wide', { minValue: 1, maxValue: 1000, sampling: 'log' }),
      powers: hp.int('powers', { minValue: 8, maxValue: 64, step: 2, sampling: 'log' }),
      rate: hp.float('rate', { minValue: 1e-4, maxValue: 0.1, sampling: 'log' }),
      late: hp.float('late', { minValue: 0.9, maxValue: 0.999, sampling: 'reverse_log' }),
      half: hp.float('half', { minValue: 0, maxValue: 1, step: 0.5 }),
      flag: hp.boolean('flag'),
      kind: hp.choice('kind', ['a', 'b', 'c']),
      same: hp.fixed('same', 7),
    };
  });
  const values = (name: keyof (typeof drawn)[0]) => [...new Set(drawn.map((d) => d[name]))].sort();
  expect(values('units')).toEqual([16, 32, 48, 64]);
  expect(values('layers')).toEqual([1, 2, 3]);
  expect(values('powers')).toEqual([16, 32, 64, 8]);
  expect(values('half')).toEqual([0, 0.5, 1]);
  expect(values('flag')).toEqual([false, true]);
  expect(values('kind')).toEqual(['a', 'b', 'c']);
  expect(values('same')).toEqual([7]);
  const share = (is: (d: (typeof drawn)[0]) => boolean): number => drawn.filter(is).length / drawn.length;
  // A third of what is drawn by magnitudes lies in each.
  expect(share((d) => d.rate < 1e-3)).toBeCloseTo(1 / 3, 1);
  expect(share((d) => d.wide < 10)).toBeCloseTo(1 / 3, 1);
  expect(share((d) => d.kind === 'a')).toBeCloseTo(1 / 3, 1);
  for (const { rate, late, wide } of drawn)
    expect([rate >= 1e-4 && rate <= 0.1, late >= 0.9 && late <= 0.999, wide >= 1 && wide <= 1000]).toEqual([
      true,
      true,
      true,
    ]);
  const hp = new HyperParameters({ seed: 1, trial: 3 });
  // Whatever else is drawn before.
  expect([hp.choice('kind', ['a', 'b', 'c']), hp.get('kind'), hp.values]).toEqual([
    drawn[3]!.kind,
    drawn[3]!.kind,
    { kind: drawn[3]!.kind },
  ]);
  expect(new HyperParameters({ values: { units: 5 } }).int('units', { minValue: 16, maxValue: 64 })).toBe(5);
});

test('ranges that make no sense are refused by name', () => {
  const hp = new HyperParameters();
  expect(() => hp.int('n', { minValue: 1.5, maxValue: 3 })).toThrow(/minValue of "n" is 1.5[\s\S]*float/);
  expect(() => hp.float('n', { minValue: 2, maxValue: 1 })).toThrow(/"n" goes from 2 to 1/);
  expect(() => hp.float('n', { minValue: 0, maxValue: 1, sampling: 'log' })).toThrow(/no logarithm/);
  expect(() => hp.float('n', { minValue: 1, maxValue: 2, step: 0 })).toThrow(/step of "n" is 0/);
  expect(() => hp.float('n', { minValue: 1, maxValue: 2, sampling: 'lin' as 'log' })).toThrow(
    /sampling of "n" is "lin"/,
  );
  expect(() => hp.choice('n', [])).toThrow(/to choose from/);
  expect(() => hp.get('m')).toThrow(/"m" was not drawn/);
});

test('brackets are those of keras-tuner', () => {
  // `_get_size` and `_get_epochs` of its HyperbandOracle, for max_epochs 100 and factor 3.
  const sizes = bracketsOf(100, 3).map(({ rounds }) => rounds.map(({ size, epochs }) => [size, epochs]));
  expect(sizes).toEqual([
    [
      [98, 2],
      [33, 4],
      [11, 12],
      [4, 34],
      [2, 100],
    ],
    [
      [41, 4],
      [14, 12],
      [5, 34],
      [2, 100],
    ],
    [
      [18, 12],
      [6, 34],
      [2, 100],
    ],
    [
      [9, 34],
      [3, 100],
    ],
    [[6, 100]],
  ]);
});

test('a plan waits for the trials that a round chooses among, and replaces what fails', () => {
  const search: Search = { kind: 'hyperband', maxEpochs: 4, factor: 2 };
  const known = new Map<number, Standing>();
  const plan = () => planOf(search, (trial) => known.get(trial));
  const set = (trial: number, reached: number, score: number, hasFailed = false): void =>
    void known.set(trial, { reached, hasFailed, score: () => score });
  const wanted = () =>
    plan()
      .jobs.filter(({ trial }) => trial < 4)
      .map(({ trial, epochs }) => [trial, epochs]);
  expect(wanted()).toEqual([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
  ]);
  for (const [trial, score] of [0.1, 0.4, 0.3].entries()) set(trial, 1, score);
  expect(wanted()).toEqual([[3, 1]]);
  set(3, 1, 0.2);
  expect(wanted()).toEqual([
    [1, 2],
    [2, 2],
  ]);
  set(1, 1, 0.4, true);
  expect(wanted()).toEqual([
    [2, 2],
    [3, 2],
  ]);
  set(2, 2, 0.3);
  set(3, 2, 0.5);
  expect(wanted()).toEqual([[3, 4]]);
  set(3, 4, 0.5);
  expect([wanted(), plan().isOver]).toEqual([[], false]);
  for (let trial = 4; trial < 10; trial++) set(trial, 4, 0);
  expect(plan()).toEqual({ jobs: [], isOver: true });
});

test('searches that make no sense are refused', async () => {
  const build = () => new keras.Sequential();
  const x = [[1], [2]];
  await expect(tune(null as never, { x, directory: 'd' })).rejects.toThrow(/first argument is null/);
  await expect(tune(build, { x } as never)).rejects.toThrow(/directory is/);
  await expect(tune(build, { directory: 'd' } as never)).rejects.toThrow(/no x/);
  await expect(tune(build, { x, directory: 'd', search: 'hyperband' })).rejects.toThrow(/no maxEpochs/);
  await expect(tune(build, { x, directory: 'd', search: 'bayes' as 'random' })).rejects.toThrow(/search is "bayes"/);
  await expect(tune(build, { x, directory: 'd', processes: 0 })).rejects.toThrow(/processes is 0/);
  await expect(tune(build, { x, directory: 'd', maxTrial: 3 } as never)).rejects.toThrow(/maxTrials/);
});
