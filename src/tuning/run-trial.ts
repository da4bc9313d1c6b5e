import { fail } from '../base/errors.ts';
import { nodeModules } from '../formats/node-modules.ts';
import type { Model } from '../models/index.ts';
import { setRandomSeed } from '../random/global-seed.ts';
import { Studio } from '../studio/callback.ts';
import { BackupAndRestore } from '../training/callbacks/backup-and-restore.ts';
import { Callback, type CallbackLogs } from '../training/callbacks/callback.ts';
import { Monitor } from '../training/callbacks/monitor.ts';
import { clearSession } from '../utils/session.ts';
import type { Build, Given } from './given.ts';
import { HyperParameters } from './hyper-parameters.ts';
import type { Job } from './plan.ts';
import { folderOf, readTrial, type Trial, writeTrial } from './records.ts';

/** Keeps a trial's record as its epochs end, and the model at its best epoch. */
class Recorder extends Callback<Model> {
  trial: Trial;
  readonly #monitor: Monitor;

  constructor(trial: Trial, monitor: Monitor) {
    super();
    this.trial = trial;
    this.#monitor = monitor;
  }
  override async onEpochEnd(epoch: number, logs: CallbackLogs = {}): Promise<void> {
    this.#monitor.judge(this.model, logs);
    const value = this.#monitor.value(logs);
    if (value === undefined)
      fail(
        'distribution.tune',
        `"${this.#monitor.name}" is not among the logs (${Object.keys(logs).join(', ')})`,
        'choose one of them as the objective',
      );
    const { score } = this.trial;
    const isBetter = Number.isFinite(value) && this.#monitor.isBetter(value, score);
    // An epoch that is trained again, because its end was not fully recorded, counts once.
    const kept = Object.entries(logs).map(([name, now]) => [
      name,
      [...(this.trial.logs[name] ?? []).slice(0, epoch), now as number],
    ]);
    this.trial = {
      ...this.trial,
      logs: Object.fromEntries(kept) as Trial['logs'],
      epochs: epoch + 1,
      isRising: this.#monitor.isBetter(1, 0),
      ...(isBetter && { score: value, bestEpoch: epoch }),
    };
    if (isBetter)
      await this.model.save(nodeModules('distribution.tune', 'use Node').path.join(this.trial.folder, 'model.keras'), {
        overwrite: true,
      });
    await writeTrial(this.trial);
  }
}

/** Trains a trial's model up to an epoch, from where it stands. */
export async function runTrial(build: Build, given: Given, job: Job): Promise<void> {
  const { directory, objective, mode, seed, fit, x, y } = given;
  const { fs, path } = nodeModules('distribution.tune', 'run the program in Node');
  clearSession();
  setRandomSeed((seed + job.trial) % 2 ** 32);
  const hp = new HyperParameters({ seed, trial: job.trial });
  const known = await readTrial(directory, job.trial);
  const folder = folderOf(directory, job.trial);
  const begun: Trial = {
    number: job.trial,
    folder,
    values: {},
    score: null,
    bestEpoch: null,
    logs: {},
    epochs: 0,
    reached: 0,
    isRising: false,
    hasStopped: false,
    ...known,
    status: 'running',
  };
  let last = begun;
  try {
    const model = await build(hp);
    if (!(model as Partial<Model> | undefined)?.compiled)
      fail('distribution.tune', 'the function gave no compiled model', 'call model.compile(…), and return the model');
    const options = typeof fit === 'function' ? await fit(hp) : fit;
    last = { ...begun, values: hp.values };
    await writeTrial(last);
    const studio = new Studio({
      port: null,
      logDir: folder,
      name: path.basename(folder),
      updateFrequency: 'epoch',
      hyperparameters: hp.values,
    });
    const recorder = new Recorder(last, new Monitor('distribution.tune', { monitor: objective, mode }));
    const backup = new BackupAndRestore({ backupDir: path.join(folder, 'backup'), deleteCheckpoint: false });
    const callbacks = [...(options.callbacks ?? []), studio, recorder, backup];
    await model.fit(x, y, { verbose: 0, ...options, epochs: job.epochs, callbacks });
    last = recorder.trial;
    await writeTrial({ ...last, status: 'done', reached: job.epochs, hasStopped: last.epochs < job.epochs });
  } catch (error) {
    // Others know nothing more of a failed trial.
    const text = String((error as Error)?.stack ?? error);
    await writeTrial({ ...((await readTrial(directory, job.trial)) ?? last), status: 'failed', error: text });
    await fs.rm(path.join(folder, 'backup'), { recursive: true, force: true });
  }
}
