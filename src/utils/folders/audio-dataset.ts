import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import type { Sound } from '../../formats/wav.ts';
import { hostTensor } from '../../runtime/host-tensor.ts';
import type { Tensor } from '../../tensor/index.ts';
import { datasetsOf, type FolderDatasets, type Samples, stacked } from './dataset.ts';
import { type FolderOptions, findFiles, folderOptions } from './files.ts';
import { checkWorkers, soundLoader } from './sample-loader.ts';
import { inLength } from './sample-sound.ts';

/** Options of `audioDatasetFromDirectory`. */
export interface AudioDatasetOptions extends FolderOptions {
  /** Sampling rate, in samples per second, to which all sounds are resampled; null, the default, keeps theirs. */
  readonly samplingRate?: number | null | undefined;
  /**
   * Samples per sound: longer ones are truncated, shorter ones padded with silence. By default as many as the longest
   * in the batch has.
   */
  readonly outputSequenceLength?: number | null | undefined;
  /** Whether a batch is a list of sounds of different lengths. */
  readonly ragged?: boolean | undefined;
  /** Additional threads that read, decode and resample; by default one per core, up to 8. With 0 the calling thread does it. */
  readonly workers?: number | undefined;
}
const audioDatasetOptions: OptionNames<AudioDatasetOptions> = {
  ...folderOptions,
  samplingRate: true,
  outputSequenceLength: true,
  ragged: true,
  workers: true,
};
type Sounds<O> = O extends { readonly ragged: true } ? Tensor[] : Tensor;

/**
 * A dataset of the sounds (`.wav`) in a folder, by default with one class per subfolder: batches `[sounds, labels]`,
 * float32 from -1 to 1, `[n, samples, channels]`. Files are listed at once and read batch by batch.
 * `dataset.classNames` and `dataset.filePaths` name classes and files.
 * @see https://keras.io/api/data_loading/audio/#audiodatasetfromdirectory-function
 */
export const audioDatasetFromDirectory = exact(
  'utils.audioDatasetFromDirectory',
  2,
  async function audioDatasetFromDirectory<const O extends AudioDatasetOptions = {}>(
    directory: string | URL,
    options?: O,
  ): Promise<FolderDatasets<Samples<Sounds<O>, O>, O>> {
    const who = 'audioDatasetFromDirectory';
    const given: AudioDatasetOptions = optionsOf(who, audioDatasetOptions, options as AudioDatasetOptions);
    const { samplingRate = null, outputSequenceLength = null, ragged = false } = given;
    const workers = checkWorkers(who, given.workers);
    for (const [name, value] of Object.entries({ samplingRate, outputSequenceLength }))
      if (value !== null && !(Number.isInteger(value) && value > 0))
        fail(who, `${name} is ${show(value)}`, 'give a whole number of at least 1, or null');
    if (ragged && outputSequenceLength !== null)
      fail(who, 'ragged and outputSequenceLength are both set', 'set one of them');
    const single = ({ channels, data }: Sound): Tensor =>
      hostTensor(data, { shape: [data.length / channels, channels], dtype: 'float32' });
    const maker = {
      workers,
      load: soundLoader({ samplingRate, length: outputSequenceLength }, workers),
      batch(sounds: readonly Sound[]): Tensor | Tensor[] {
        if (ragged) return sounds.map(single);
        const [{ channels }] = sounds as readonly [Sound];
        const other = sounds.find((sound) => sound.channels !== channels);
        if (other)
          fail(
            who,
            `a batch has sounds of ${channels} and ${other.channels} channels`,
            'let all files have the same number',
          );
        const longest = Math.max(...sounds.map(({ data }) => data.length / channels));
        return stacked(
          sounds.map((sound) => inLength(sound, longest).data),
          [longest, channels],
        );
      },
      single,
    };
    const found = await findFiles(who, directory, ['.wav'], given);
    return datasetsOf(who, found, maker, given) as FolderDatasets<Samples<Sounds<O>, O>, O>;
  },
);
