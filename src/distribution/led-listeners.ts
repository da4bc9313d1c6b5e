import { HornbeamError } from '../base/errors.ts';
import type { Variable } from '../tensor/index.ts';
import type { Callback, CallbackLogs, CallbackParams } from '../training/callbacks/callback.ts';
import { History } from '../training/callbacks/history.ts';
import { type BatchMoment, type EpochMoment, Listeners, type Moment } from '../training/callbacks/listeners.ts';
import { RunBar } from '../training/callbacks/run-bar.ts';
import type { Place, Progress } from '../training/progress.ts';
import { resumeEpoch, type Trainable } from '../training/trainable.ts';
import type { Turns } from '../training/turns.ts';
import type { Job } from './mpi/job.ts';
import { byItself } from './spread.ts';
import { agreeOnSeeds, broadcastJson, broadcastValues } from './state.ts';

/** The run that callbacks belong to. */
interface Led {
  readonly model: Trainable;
  readonly turns: Turns;
  readonly progress: Progress | undefined;
  readonly state: readonly Variable[];
}
/** What callbacks on rank 0 did, for the other ranks to repeat. */
interface Deeds {
  readonly stop: boolean;
  readonly resume?: number | undefined;
  readonly place?: Place | undefined;
  /** Indices of the variables whose values changed. */
  readonly changed: readonly number[];
  /** What they added to the logs. */
  readonly logs?: CallbackLogs;
  /** The message of an error. */
  readonly error?: string;
}

const isOwn = (callback: Callback): boolean => callback instanceof History || callback instanceof RunBar;

/** Callbacks run on rank 0 only, and all ranks repeat their changes. Each rank keeps the history. */
export class LedListeners extends Listeners {
  readonly #led: Listeners;
  readonly #run: Led;
  readonly #job: Job;

  constructor(callbacks: readonly Callback[], run: Led, params: CallbackParams, job: Job) {
    super(callbacks.filter(isOwn), run, params);
    this.#led = new Listeners(
      callbacks.filter((callback) => !isOwn(callback)),
      run,
      params,
    );
    this.#run = run;
    this.#job = job;
  }

  override async run(moment: Exclude<Moment, EpochMoment | BatchMoment>, logs?: CallbackLogs): Promise<void> {
    await this.#lead(moment, () => this.#led.run(moment, logs));
    await super.run(moment, logs);
  }
  override async epoch(moment: EpochMoment, epoch: number, logs?: CallbackLogs): Promise<void> {
    await this.#lead(moment, () => this.#led.epoch(moment, epoch, logs), logs);
    if (moment === 'onEpochBegin') agreeOnSeeds(this.#job);
    await super.epoch(moment, epoch, logs);
  }
  override async batch(moment: BatchMoment, batch: number, logs?: () => Promise<CallbackLogs>): Promise<void> {
    await this.#lead(moment, () => this.#led.batch(moment, batch, logs));
    await super.batch(moment, batch, logs);
  }

  async #lead(moment: Moment, f: () => Promise<void>, logs: CallbackLogs = {}): Promise<void> {
    if (this.#led.listening(moment).length === 0) return;
    const job = this.#job;
    const { model, state, progress } = this.#run;
    let error: unknown;
    let deeds: Deeds = { stop: false, changed: [] };
    if (job.rank === 0) {
      const before = state.map((v) => v.held);
      const names = new Set(Object.keys(logs));
      await byItself(f).catch((problem: unknown) => {
        error = problem;
      });
      deeds = {
        stop: model.stopTraining,
        resume: model[resumeEpoch],
        place: progress?.wanted,
        changed: state.flatMap((v, k) => (v.held === before[k] ? [] : [k])),
        logs: Object.fromEntries(Object.entries(logs).filter(([name]) => !names.has(name))),
        ...(error !== undefined && { error: String((error as Error).message ?? error) }),
      };
    }
    const { stop, resume, place, changed, logs: added, error: message } = await broadcastJson(job, deeds);
    if (error !== undefined) throw error;
    if (message !== undefined) throw new HornbeamError(`distribution: a callback failed on rank 0: ${message}`);
    if (job.rank > 0) {
      model.stopTraining = stop;
      model[resumeEpoch] = resume;
      Object.assign(logs, added);
      if (place) progress?.goTo(place, () => {});
    }
    await broadcastValues(
      job,
      changed.map((k) => state[k]!),
    );
  }
}
