import { imageDataFormat } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { EventFile } from '../../formats/events/event-file.ts';
import { histogram, images, kerasModel, scalar } from '../../formats/events/summaries.ts';
import { makeFolderOf, writeFileAtomic } from '../../formats/file.ts';
import type { Layer } from '../../layers/index.ts';
import { Embedding } from '../../layers/index.ts';
import { reshape, squeeze, transpose } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { picturesOf } from '../summary-writer.ts';
import type { CallbackLogs, CallbackModel } from './callback.ts';
import { logLearningRates } from './learning-rates.ts';
import type { TensorBoardOptions } from './tensor-board-options.ts';

/** What is written of a model. */
export interface LoggedModel extends CallbackModel {
  readonly layers: readonly Layer[];
  toJson(): string;
}

/** The log of a run in a folder: a file of what training gives, one of what validation gives. */
export class TensorBoardLog {
  readonly #options: Required<TensorBoardOptions>;
  readonly #model: LoggedModel;
  readonly #train: EventFile;
  readonly #validation: EventFile;
  #batch = 0;
  #batchBegan = 0;
  #epochBegan = 0;
  #iterationsBefore = 0;
  #flushed = 0;

  constructor(options: Required<TensorBoardOptions>, model: LoggedModel) {
    this.#options = options;
    this.#model = model;
    this.#train = new EventFile('TensorBoard', `${options.logDir}/train`);
    this.#validation = new EventFile('TensorBoard', `${options.logDir}/validation`);
  }

  async trainBegin(): Promise<void> {
    this.#batch = 0;
    if (this.#options.embeddingsFreq) await this.#describeEmbeddings();
    if (this.#options.writeGraph && ['Functional', 'Sequential'].includes(this.#model.className))
      await this.#train.add(kerasModel('keras', this.#model.toJson()), 0);
    await this.#train.flush();
  }
  batchBegin(): void {
    this.#batch++;
    this.#batchBegan = performance.now();
  }
  async batchEnd(logs: CallbackLogs): Promise<void> {
    const { updateFreq, writeStepsPerSecond } = this.#options;
    if (this.#batch % (updateFreq === 'batch' ? 1 : Number(updateFreq)) !== 0) return;
    const speed = 1000 / (performance.now() - this.#batchBegan);
    const own = writeStepsPerSecond ? { batch_steps_per_second: speed } : {};
    await this.#scalars(this.#train, { ...own, ...prefixed('batch_', logs) }, this.#batch);
    // Batches may be shorter than a write.
    if (performance.now() - this.#flushed > 1000) {
      await this.#train.flush();
      this.#flushed = performance.now();
    }
  }
  async epochBegin(): Promise<void> {
    if (this.#options.writeStepsPerSecond) this.#iterationsBefore = await this.#iterations();
    this.#epochBegan = performance.now();
  }
  async epochEnd(epoch: number, logs: CallbackLogs): Promise<void> {
    const { histogramFreq, embeddingsFreq, writeStepsPerSecond } = this.#options;
    const entries = Object.entries(logs);
    const own: CallbackLogs = Object.fromEntries(entries.filter(([name]) => !name.startsWith('val_')));
    if (this.#model.optimizer) await logLearningRates(this.#model.optimizer, own);
    if (writeStepsPerSecond) {
      const seconds = (performance.now() - this.#epochBegan) / 1000;
      own['steps_per_second'] = ((await this.#iterations()) - this.#iterationsBefore) / seconds;
    }
    await this.#scalars(this.#train, prefixed('epoch_', own), epoch);
    const validation = entries.filter(([name]) => name.startsWith('val_')).map(([name, x]) => [name.slice(4), x]);
    await this.#scalars(this.#validation, prefixed('epoch_', Object.fromEntries(validation)), epoch);
    if (histogramFreq && epoch % histogramFreq === 0) await this.#logWeights(epoch);
    if (embeddingsFreq && epoch % embeddingsFreq === 0) await this.#logEmbeddings(epoch);
    await Promise.all([this.#train.flush(), this.#validation.flush()]);
  }
  async testEnd(logs: CallbackLogs): Promise<void> {
    if (!this.#model.optimizer) return;
    const named = Object.entries(logs).map(([name, x]) => [`evaluation_${name}_vs_iterations`, x]);
    await this.#scalars(this.#validation, Object.fromEntries(named), await this.#iterations());
    await this.#validation.flush();
  }

  async #iterations(): Promise<number> {
    return Number((await this.#model.optimizer?.iterations.numpy()) ?? 0);
  }
  /** Writes numbers; of a list, as a metric that gives a vector has it, each under its place. */
  async #scalars(file: EventFile, logs: CallbackLogs, step: number): Promise<void> {
    for (const [name, value] of Object.entries(logs))
      if (Array.isArray(value))
        for (const [k, x] of value.entries()) await file.add(scalar(`${name}/${k}`, Number(x)), step);
      else await file.add(scalar(name, Number(value)), step);
  }
  async #logWeights(epoch: number): Promise<void> {
    for (const layer of this.#model.layers)
      for (const { path, value } of layer.weights) {
        const name = path.replaceAll(':', '_');
        const values = (await value.data()) as ArrayLike<number>;
        await this.#train.add(histogram(`${name}/histogram`, values), epoch);
        const image = this.#options.writeImages ? imageOf(value) : undefined;
        if (image) await this.#train.add(await images(`${name}/image`, await picturesOf(image, 3)), epoch);
      }
  }
  get #embeddings(): Embedding[] {
    return this.#model.layers.filter((layer) => layer instanceof Embedding);
  }
  /** Tells TensorBoard's projector where the rows of embeddings are, and what they are called. */
  async #describeEmbeddings(): Promise<void> {
    const { logDir, embeddingsMetadata } = this.#options;
    const names = this.#embeddings.map(({ name }) => name);
    if (embeddingsMetadata !== null && typeof embeddingsMetadata === 'object')
      for (const name of Object.keys(embeddingsMetadata))
        if (!names.includes(name))
          fail(
            'TensorBoard',
            `embeddingsMetadata names "${name}", which is no Embedding of the model`,
            names.length > 0 ? `use ${names.join(', ')}` : 'leave it out',
          );
    const entries = names.map((name) => {
      const path = typeof embeddingsMetadata === 'string' ? embeddingsMetadata : embeddingsMetadata?.[name];
      const lines = [`tensor_name: ${JSON.stringify(name)}`, `tensor_path: ${JSON.stringify(rowsFile(name))}`];
      if (path !== undefined) lines.push(`metadata_path: ${JSON.stringify(path)}`);
      return `embeddings {\n${lines.map((line) => `  ${line}\n`).join('')}}\n`;
    });
    const place = `${logDir}/projector_config.pbtxt`;
    await makeFolderOf(place);
    await writeFileAtomic(place, new TextEncoder().encode(entries.join('')));
  }
  async #logEmbeddings(epoch: number): Promise<void> {
    const { logDir } = this.#options;
    const weights = `${logDir}/train/keras_embedding.ckpt-${epoch}.weights.h5`;
    await makeFolderOf(weights);
    await this.#model.saveWeights(weights, { overwrite: true });
    for (const { name, embeddings } of this.#embeddings) {
      const rows = (await embeddings.value.array()) as number[][];
      const table = rows.map((row) => `${row.join('\t')}\n`).join('');
      const place = `${logDir}/${rowsFile(name)}`;
      await makeFolderOf(place);
      await writeFileAtomic(place, new TextEncoder().encode(table));
    }
  }
}

/** Where the rows of an embedding are written, in the folder of the run. */
const rowsFile = (layer: string): string => `embeddings/${layer.replaceAll(/[^\w.-]/g, '_')}.tsv`;
const prefixed = (prefix: string, logs: CallbackLogs): CallbackLogs =>
  Object.fromEntries(Object.entries(logs).map(([name, x]) => [prefix + name, x]));

/** A weight as images of one channel, as Keras lays it out; of weights with more axes there are none. */
function imageOf(weight: Tensor): Tensor | undefined {
  const image = squeeze(weight);
  const { shape } = image;
  if (shape.length === 1) return reshape(image, [1, shape[0], 1, 1]);
  if (shape.length === 2) {
    const lying = shape[0] > shape[1] ? transpose(image) : image;
    return reshape(lying, [1, ...lying.shape, 1]);
  }
  if (shape.length === 3) {
    const kernels = imageDataFormat() === 'channels_last' ? transpose(image, { axes: [2, 0, 1] }) : image;
    return reshape(kernels, [...kernels.shape, 1]);
  }
  return shape.length === 4 && [1, 3, 4].includes(shape[3]) ? image : undefined;
}
