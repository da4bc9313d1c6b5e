import { print } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import type { Data, TrainingData } from '../data/batches.ts';
import { distribution } from '../distribution/index.ts';
import { currentJob } from '../distribution/mpi/job.ts';
import { nodeModules } from '../formats/node-modules.ts';
import type { FitOptions } from '../training/fit-options.ts';
import type { Build, Given } from './given.ts';
import type { HyperParameters } from './hyper-parameters.ts';
import { inProcesses, ownTask } from './in-processes.ts';
import { forgetClaims, onRanks } from './on-ranks.ts';
import { type Plan, planOf, type Search, trialsOf } from './plan.ts';
import {
  agreeOnSearch,
  folderOf,
  ranked,
  readTrial,
  readTrials,
  standingOf,
  type Trial,
  writeTrial,
} from './records.ts';
import { runTrial } from './run-trial.ts';

/** Options of `tune`. */
export interface TuneOptions {
  /** What the models are trained on: as `fit` takes it. */
  readonly x: TrainingData;
  /** The labels; absent if `x` contains them. */
  readonly y?: Data | null;
  /** Options of `fit`, or a function that gives them for a trial. Its `epochs` are those of a random search. */
  readonly fit?: FitOptions | ((hp: HyperParameters) => FitOptions | Promise<FitOptions>);
  /** The folder of the search, with one for each trial; a search that was started there is continued. */
  readonly directory: string;
  /** The log to optimise, such as `'val_loss'` (the default) or `'val_accuracy'`. */
  readonly objective?: string;
  /** `'min'`: lower is better, `'max'`: higher is; by default the objective decides. */
  readonly mode?: 'auto' | 'min' | 'max';
  /** `'random'`: all trials are trained alike; `'hyperband'`: many for few epochs, and the best of them on. */
  readonly search?: 'random' | 'hyperband';
  /** Trials of a random search; 10 when absent. */
  readonly maxTrials?: number;
  /** Epochs of a fully trained model; for a random search, by default those of `fit`. */
  readonly maxEpochs?: number | null;
  /** Hyperband continues one in this many trials, for this many times the epochs; 3 by default. */
  readonly factor?: number;
  /** Seed of the values, and together with the trial's number of its weights and orders; 0 by default. */
  readonly seed?: number;
  /** Trials that run at the same time, each in a process of its own; 1 when absent. Under mpirun each rank runs one. */
  readonly processes?: number;
  /** 1: a line for each trial that ends, 0: none. */
  readonly verbose?: 0 | 1;
}
const names: OptionNames<TuneOptions> = {
  x: true,
  y: true,
  fit: true,
  directory: true,
  objective: true,
  mode: true,
  search: true,
  maxTrials: true,
  maxEpochs: true,
  factor: true,
  seed: true,
  processes: true,
  verbose: true,
};
/** What a search found. */
export interface TuneResult {
  /** The trial with the best objective. */
  readonly best: Trial;
  /** All trials, the best first. */
  readonly trials: readonly Trial[];
}

const who = 'distribution.tune';
/** Trials one after the other of which none may succeed. */
const mostFailures = 3;

/**
 * Searches for hyperparameters: `build` makes a compiled model with values that it draws, which is trained, trial after trial. Trials
 * run in processes of their own, for which this program is started again, or on the ranks that mpirun started. The results are
 * run folders, which `hornbeam studio` shows beside each other; after a kill the same program goes on where it was. In Node.
 * @see https://keras.io/keras_tuner/
 */
export const tune = exact(who, 2, async function tune(build: Build, options: TuneOptions): Promise<TuneResult> {
  if (typeof build !== 'function')
    fail(who, `the first argument is ${show(build)}`, 'give a function that makes a compiled model: (hp) => model');
  const { x, y, fit = {}, objective = 'val_loss', mode = 'auto', ...rest } = optionsOf(who, names, options);
  const { factor = 3, seed = 0, processes = 1, verbose = 1 } = rest;
  const { path, fs } = nodeModules(who, 'run the program in Node');
  if (typeof rest.directory !== 'string' || rest.directory === '')
    fail(who, `directory is ${show(rest.directory)}`, "name a folder: { directory: 'searches/first' }");
  if (x === undefined || x === null) fail(who, 'there is no x to train on', 'give x and y, or a dataset as x');
  const count = (name: string, value: number, least: number): number =>
    Number.isInteger(value) && value >= least
      ? value
      : fail(who, `${name} is ${show(value)}`, `give a whole number of at least ${least}`);
  count('processes', processes, 1);
  count('seed', seed, 0);
  const search = searchOf(options, count, factor);
  const directory = path.resolve(rest.directory);
  const given: Given = { x, y: y ?? undefined, fit, directory, objective, mode, seed };

  const task = ownTask();
  if (task?.directory === directory) {
    await runTrial(build, given, task);
    process.exit(0);
  }
  const trials = trialsOf(search);
  const job = currentJob();
  if (job && distribution())
    fail(
      who,
      'a distribution is set, with which all ranks train one model',
      'call tune without setDistribution: each rank trains one',
    );
  const isFirst = !job || job.rank === 0;
  if (!task && isFirst) {
    await agreeOnSearch(directory, { objective, mode, seed, ...search });
    await forgetClaims(directory, trials);
    // Failed trials are tried again.
    for (const trial of (await readTrials(directory, trials)).values())
      if (trial.status === 'failed') await fs.rm(folderOf(directory, trial.number), { recursive: true });
  }
  // The others begin when that is done.
  job?.broadcastNow(new Uint8Array(1));
  const plan = async (): Promise<Plan> => {
    const known = await readTrials(directory, trials);
    const inARow = failuresIn(known);
    if (inARow)
      fail(
        who,
        `${mostFailures} trials failed and none succeeded, the last with: ${inARow.error}`,
        'mend that, and start again',
      );
    return planOf(search, (trial) => {
      const found = known.get(trial);
      return found && standingOf(found, objective);
    });
  };
  const tell = async (number: number): Promise<void> => {
    const trial = await readTrial(directory, number);
    if (verbose > 0 && trial) print(lineOf(trial, objective));
  };
  // A process that runs a trial of another search sees what this one had found.
  if (!task && job)
    await onRanks(directory, plan, async (next) => {
      await runTrial(build, given, next);
      await tell(next.trial);
    });
  else if (!task)
    await inProcesses(directory, processes, plan, async ({ job: { trial, epochs }, code, said }) => {
      const record = await readTrial(directory, trial);
      if (record?.status !== 'failed' && !(record?.status === 'done' && record.reached >= epochs)) {
        const error = `its process ended with ${code}${said ? `:\n${said.trimEnd()}` : ''}`;
        const none = {
          number: trial,
          folder: folderOf(directory, trial),
          values: {},
          score: null,
          bestEpoch: null,
          logs: {},
        };
        const blank = { ...none, epochs: 0, reached: 0, isRising: false, hasStopped: false };
        await writeTrial({ ...(record ?? blank), status: 'failed', error });
      }
      await tell(trial);
    });
  const found = ranked((await readTrials(directory, trials)).values());
  if (isFirst && !task)
    for (const { folder } of found) await fs.rm(path.join(folder, 'backup'), { recursive: true, force: true });
  const best = found.find(({ score }) => score !== null);
  if (!best)
    return fail(who, `no trial has a finite ${objective}`, `see ${path.join(directory, 'trial-000', 'trial.json')}`);
  return { best, trials: found };
});

function searchOf(
  { search = 'random', maxTrials = 10, maxEpochs, fit }: TuneOptions,
  count: (name: string, value: number, least: number) => number,
  factor: number,
): Search {
  if (search === 'hyperband') {
    const epochs =
      maxEpochs ?? fail(who, 'Hyperband has no maxEpochs', 'say how long the best are trained: { maxEpochs: 27 }');
    return { kind: 'hyperband', maxEpochs: count('maxEpochs', epochs, 1), factor: count('factor', factor, 2) };
  }
  if (search !== 'random') fail(who, `search is ${show(search)}`, "use 'random' or 'hyperband'");
  const epochs = maxEpochs ?? (typeof fit === 'object' ? fit.epochs : undefined) ?? 1;
  return { kind: 'random', trials: count('maxTrials', maxTrials, 1), epochs: count('maxEpochs', epochs, 1) };
}

/** A failure, where all of the first trials that ended are failures. */
function failuresIn(trials: ReadonlyMap<number, Trial>): Trial | undefined {
  const all = [...trials.values()];
  const failed = all.filter(({ status }) => status === 'failed');
  return failed.length >= mostFailures && all.every(({ epochs }) => epochs === 0) ? failed.at(-1) : undefined;
}

function lineOf({ number, status, score, values, epochs, error }: Trial, objective: string): string {
  const chosen = Object.entries(values).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`,
  );
  const what =
    status === 'failed'
      ? `failed: ${error?.split('\n', 1)[0]}`
      : `${objective} ${score?.toPrecision(5) ?? 'none'} after ${epochs} epochs`;
  return `trial ${number}: ${what} (${chosen.join(', ')})`;
}
