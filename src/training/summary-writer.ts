import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import { EventFile } from '../formats/events/event-file.ts';
import { histogram, hparams, images, type Picture, scalar, text } from '../formats/events/summaries.ts';
import type { HParamValues } from '../formats/events/values.ts';
import { protobuf } from '../formats/protobuf.ts';
import { asTensor, type Like } from '../tensor/index.ts';

/** Options of `SummaryWriter`. */
export interface SummaryWriterOptions {
  /** The folder of the run, made when something is written: TensorBoard shows each folder below its `--logdir` as a run. */
  readonly logDir: string;
}
const summaryWriterOptions: OptionNames<SummaryWriterOptions> = { logDir: true };
/** Options of `SummaryWriter.histogram`. */
export interface HistogramOptions {
  /** Ranges in which values are counted. Default: 30. */
  readonly buckets?: number | undefined;
}
const histogramOptions: OptionNames<HistogramOptions> = { buckets: true };
/** Options of `SummaryWriter.image`. */
export interface ImageOptions {
  /** The most images of a batch that are written. Default: 3. */
  readonly maxOutputs?: number | undefined;
}
const imageOptions: OptionNames<ImageOptions> = { maxOutputs: true };
const who = 'SummaryWriter';

/**
 * Writes a log that TensorBoard shows: numbers, histograms, images, texts and hyperparameters, each under a tag and at a step.
 * What was flushed can be read, whatever happens to the process.
 * @see https://www.tensorflow.org/api_docs/python/tf/summary
 */
export class SummaryWriter {
  /** The folder to which the event file is written. */
  readonly logDir: string;
  readonly #file: EventFile;

  constructor(options: SummaryWriterOptions, ...surplus: undefined[]) {
    const { logDir } = optionsOf(who, summaryWriterOptions, options, surplus);
    if (typeof logDir !== 'string' || logDir === '')
      fail(who, 'logDir is no path', "name a folder: { logDir: 'logs/run-1' }");
    this.logDir = logDir;
    this.#file = new EventFile(who, logDir);
  }
  /** Writes a number. */
  async scalar(tag: string, value: Like, step: number): Promise<void> {
    const number = typeof value === 'number' ? value : Number((await asTensor(value).data())[0]);
    if (typeof value !== 'number' && asTensor(value).size !== 1)
      fail(who, `"${tag}" has shape ${showShape(asTensor(value).shape)}`, 'give one number');
    await this.#file.add(scalar(tagOf(tag), number), stepOf(step));
  }
  /** Writes how the elements of a tensor are spread; those that are not finite are left out. */
  async histogram(tag: string, values: Like, step: number, options: HistogramOptions = {}): Promise<void> {
    const { buckets = 30 } = optionsOf(`${who}.histogram`, histogramOptions, options);
    if (!Number.isInteger(buckets) || buckets < 1 || buckets > 10_000)
      fail(who, `buckets is ${buckets}`, 'give a whole number from 1 to 10000');
    await this.#file.add(histogram(tagOf(tag), await numbersOf(values), buckets), stepOf(step));
  }
  /** Writes images `[n, height, width, channels]` of 1, 3 or 4 channels: uint8, or floats from 0 to 1. */
  async image(tag: string, batch: Like, step: number, options: ImageOptions = {}): Promise<void> {
    const { maxOutputs = 3 } = optionsOf(`${who}.image`, imageOptions, options);
    const pictures = await picturesOf(batch, maxOutputs);
    await this.#file.add(await images(tagOf(tag), pictures), stepOf(step));
  }
  /** Writes a text, which TensorBoard shows as Markdown. */
  async text(tag: string, content: string, step: number): Promise<void> {
    await this.#file.add(text(tagOf(tag), content), stepOf(step));
  }
  /** Writes the hyperparameters of the run, which TensorBoard compares with those of other runs. */
  async hparams(values: HParamValues): Promise<void> {
    for (const [name, value] of Object.entries(values))
      if (!['number', 'string', 'boolean'].includes(typeof value))
        fail(who, `the hyperparameter "${name}" is ${JSON.stringify(value)}`, 'give numbers, strings and booleans');
    await this.#file.add(hparams(await protobuf(), values, Date.now() / 1000), 0);
  }
  /** Writes to the disk what waits. */
  flush(): Promise<void> {
    return this.#file.flush();
  }

  static {
    exactMethods<SummaryWriter>(this, { histogram: 4, image: 4 });
  }
}

const tagOf = (tag: string): string =>
  typeof tag === 'string' && tag !== '' ? tag : fail(who, `the tag is ${JSON.stringify(tag)}`, 'name what is written');
const stepOf = (step: number): number =>
  Number.isSafeInteger(step) ? step : fail(who, `the step is ${step}`, 'give a whole number');
const numbersOf = async (values: Like): Promise<ArrayLike<number>> =>
  (await asTensor(values).data()) as ArrayLike<number>;

/** Images in 8 bits, as TensorFlow converts them: floats are held between 0 and 1. */
export async function picturesOf(batch: Like, most: number): Promise<Picture[]> {
  const tensor = asTensor(batch);
  const [count, height, width, channels] = tensor.shape;
  if (tensor.shape.length !== 4 || ![1, 3, 4].includes(channels) || count * height * width === 0)
    fail(
      who,
      `images have shape ${showShape(tensor.shape)}`,
      'give [n, height, width, channels], of 1, 3 or 4 channels',
    );
  const values = (await tensor.data()) as ArrayLike<number>;
  const size = height * width * channels;
  const isFloat = tensor.dtype.includes('float');
  return Array.from({ length: Math.min(count, most) }, (_, n) => ({
    width,
    height,
    channels,
    data: Uint8Array.from({ length: size }, (_, k) => {
      const value = values[n * size + k];
      return isFloat ? Math.min(255, Math.max(0, Math.floor(value * 255.5) || 0)) : Math.min(255, Math.max(0, value));
    }),
  }));
}
