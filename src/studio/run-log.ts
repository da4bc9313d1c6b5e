import { print } from '../base/config.ts';
import { hasFiles } from '../formats/node-modules.ts';
import { MeanAveragePrecision } from '../metrics/index.ts';
import type { Model } from '../models/index.ts';
import { currentDevice } from '../runtime/device.ts';
import type { CallbackLogs, CallbackParams } from '../training/callbacks/callback.ts';
import { logLearningRates, ratedOptimizers } from '../training/callbacks/learning-rates.ts';
import { modelAnswers } from './answers.ts';
import { ofDetection } from './detection.ts';
import { HistogramSamples } from './histogram-samples.ts';
import { type Hub, hubOf } from './hub.ts';
import type { StudioNoteOptions, StudioOptions } from './options.ts';
import type { StudioAnswers, StudioEvent, StudioState } from './protocol.ts';
import { RunFile } from './run-file.ts';
import { type StudioServer, serveStudio } from './server.ts';
import { settingsOf } from './settings.ts';
import { describeModel } from './structure.ts';

/** Time between two batches that are told of, at the least. */
const leastGap = 50;

/** Tells of a run as it goes: pages, and a file. */
export class RunLog {
  readonly #options: Required<StudioOptions>;
  readonly #model: Model<any>;
  readonly #hub: Hub;
  readonly #name: string;
  #server: StudioServer | undefined;
  #file: RunFile | undefined;
  #step = 0;
  #epoch = 0;
  #told = 0;
  #begun = 0;
  #stepsBefore = 0;
  #resume: (() => void) | undefined;
  #paused: Promise<void> | undefined;
  #rate: number | undefined;
  #samples: HistogramSamples | undefined;

  constructor(options: Required<StudioOptions>, model: Model<any>) {
    this.#options = options;
    this.#model = model;
    this.#hub = hubOf(model);
    this.#name = options.name ?? new Date().toISOString().slice(0, 19).replace('T', ' ');
  }
  get url(): string | undefined {
    return this.#server?.url;
  }

  async trainBegin({ epochs, steps }: CallbackParams): Promise<void> {
    const { port, logDir, controls } = this.#options;
    this.#hub.answering = {
      ...modelAnswers(() => this.#model),
      ...(controls && { control: (what) => this.#control(what) }),
    };
    if (logDir !== null) this.#file = await RunFile.create(logDir);
    if (this.#model.built) this.#send(describeModel(this.#model));
    const own = this.#options.hyperparameters;
    const hyperparameters = { ...own, ...settingsOf(this.#model), ...own };
    this.#send({ kind: 'run', name: this.#name, time: Date.now(), epochs, steps, controls, hyperparameters });
    if (port === null || !hasFiles()) return;
    this.#server = await serveStudio(this.#hub, { port, title: `${this.#name} · Hornbeam studio` });
    print(`Studio: ${this.#server.url}`);
  }
  epochBegin(epoch: number): void {
    this.#epoch = epoch;
    this.#begun = performance.now();
    this.#stepsBefore = this.#step;
  }
  async batchEnd(_batch: number, logs: CallbackLogs): Promise<void> {
    this.#step += this.#model.stepsPerExecution;
    const now = performance.now();
    if (now - this.#told >= leastGap) {
      this.#told = now;
      this.#scalars('batch', logs);
      // Pages that are served are answered between two steps.
      await new Promise((next) => setTimeout(next, 0));
    }
    if (this.#rate !== undefined) this.#setRate(this.#rate);
    await this.#paused;
  }
  async epochEnd(epoch: number, logs: CallbackLogs): Promise<void> {
    const steps = this.#step - this.#stepsBefore;
    const seconds = (performance.now() - this.#begun) / 1000;
    const own: CallbackLogs = { ...logs };
    const { optimizer } = this.#model;
    if (optimizer) await logLearningRates(optimizer, own);
    if (steps > 0) own['step_time_ms'] = (1000 * seconds) / steps;
    own['epoch_time_s'] = seconds;
    own['device_memory_mb'] = currentDevice().bytesInUse / 1e6;
    this.#scalars('epoch', own);
    const { histogramFrequency } = this.#options;
    if (histogramFrequency > 0 && (epoch + 1) % histogramFrequency === 0) await this.#histograms(epoch);
    this.#detections();
    await this.#file?.flush();
    if (this.#rate !== undefined) this.#setRate(this.#rate);
    await this.#paused;
  }
  async trainEnd(): Promise<void> {
    this.#state('ended');
    await this.#file?.close();
    this.#hub.answering = modelAnswers(() => this.#model);
  }
  note(tag: string, { detection, ...what }: StudioNoteOptions): void {
    this.#send({ kind: 'note', tag, epoch: this.#epoch, ...what, ...(detection && ofDetection(detection)) });
  }
  async close(): Promise<void> {
    await this.#server?.close();
  }

  #send(event: StudioEvent): void {
    const line = { ...event, run: event.kind === 'model' ? undefined : this.#name };
    this.#hub.send(line);
    this.#file?.write(line);
  }
  #state(state: StudioState['state']): void {
    this.#send({ kind: 'state', state, time: Date.now() });
  }
  #scalars(of: 'batch' | 'epoch', logs: CallbackLogs): void {
    const numbers = Object.entries(logs).filter(([, x]) => typeof x === 'number' || Array.isArray(x));
    this.#send({
      kind: 'scalars',
      of,
      epoch: this.#epoch,
      step: this.#step,
      time: Date.now(),
      logs: Object.fromEntries(numbers),
    });
  }
  async #histograms(epoch: number): Promise<void> {
    this.#samples ??= new HistogramSamples(this.#model, this.#options.histogramData);
    for (const [of, histograms] of await this.#samples.histograms())
      this.#send({ kind: 'histograms', of, epoch, histograms });
  }
  /** What metrics of detections found in this epoch, class by class. */
  #detections(): void {
    for (const metric of this.#model.metrics) {
      if (!(metric instanceof MeanAveragePrecision)) continue;
      const detection = metric.results();
      if (Object.values(detection.apByClass).some((ap) => ap >= 0)) this.note(metric.name, { detection });
    }
  }
  #setRate(rate: number): void {
    this.#rate = undefined;
    const { optimizer } = this.#model;
    if (optimizer) for (const each of ratedOptimizers(optimizer)) each.optimizer.learningRate = rate;
  }
  async #control(what: StudioAnswers['control']['ask']): Promise<{ state: StudioState['state'] }> {
    if ('learningRate' in what) {
      if (Number.isFinite(what.learningRate) && what.learningRate >= 0) this.#rate = what.learningRate;
      return { state: 'running' };
    }
    const state = what.action === 'pause' ? 'paused' : what.action === 'resume' ? 'running' : 'stopping';
    if (state === 'paused')
      this.#paused ??= new Promise((resolve) => {
        this.#resume = resolve;
      });
    else {
      this.#resume?.();
      this.#paused = this.#resume = undefined;
    }
    if (state === 'stopping') this.#model.stopTraining = true;
    this.#state(state);
    return { state };
  }
}
