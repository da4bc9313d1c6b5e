import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { readFile } from '../../formats/file.ts';
import { decodeWav, type Sound } from '../../formats/wav.ts';
import { hostTensor } from '../../runtime/host-tensor.ts';
import type { Tensor } from '../../tensor/index.ts';
import { lanczos, tapsFor } from '../images/resample.ts';
import { datasetsOf, type FolderDatasets, type Samples, stacked } from './dataset.ts';
import { type FolderOptions, findFiles, folderOptions } from './files.ts';

/** Options of `audioDatasetFromDirectory`. */
export interface AudioDatasetOptions extends FolderOptions {
  /** Samples a second to which all sounds are brought; null, the default, leaves them as they are. */
  readonly samplingRate?: number | null | undefined;
  /** Samples of each sound: longer ones are cut off, shorter ones filled with silence. By default those of the longest in the batch. */
  readonly outputSequenceLength?: number | null | undefined;
  /** Whether a batch is a list of sounds, each of its own length. */
  readonly ragged?: boolean | undefined;
}
const audioDatasetOptions: OptionNames<AudioDatasetOptions> = {
  ...folderOptions,
  samplingRate: true,
  outputSequenceLength: true,
  ragged: true,
};
type Sounds<O> = O extends { readonly ragged: true } ? Tensor[] : Tensor;

/**
 * A dataset of the sounds (`.wav`) in a folder, by default one class a folder in it: batches `[sounds, labels]`, float32 from -1 to
 * 1, `[n, samples, channels]`. Files are found at once and read when their batch is wanted. `dataset.classNames` and
 * `dataset.filePaths` say what they are.
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
    for (const [name, value] of Object.entries({ samplingRate, outputSequenceLength }))
      if (value !== null && !(Number.isInteger(value) && value > 0))
        fail(who, `${name} is ${show(value)}`, 'give a whole number of at least 1, or null');
    if (ragged && outputSequenceLength !== null)
      fail(who, 'ragged and outputSequenceLength are both set', 'set one of them');
    const single = ({ channels, data }: Sound): Tensor =>
      hostTensor(data, { shape: [data.length / channels, channels], dtype: 'float32' });
    const maker = {
      async load(file: string, path: string): Promise<Sound> {
        const sound = decodeWav(file, await readFile(path));
        // As Keras does: first cut, then brought to the other rate.
        const cut = outputSequenceLength === null ? sound : inLength(sound, outputSequenceLength);
        return samplingRate === null || samplingRate === cut.rate ? cut : atRate(cut, samplingRate);
      },
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

function inLength(sound: Sound, samples: number): Sound {
  const length = samples * sound.channels;
  if (sound.data.length === length) return sound;
  const data = new Float32Array(length);
  data.set(sound.data.subarray(0, length));
  return { ...sound, data };
}

/** Half-width, in samples, of what a sample at the other rate is made of. */
const reach = 16;
/** A sound at another rate: frequencies that it cannot hold are taken out. */
function atRate({ rate, channels, data }: Sound, wanted: number): Sound {
  const count = data.length / channels;
  const samples = Math.max(1, Math.round((count * wanted) / rate));
  const { first, counts, weights, width } = tapsFor(count, samples, lanczos(reach), { antialias: true });
  const out = new Float32Array(samples * channels);
  for (let p = 0; p < samples; p++)
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = 0; k < counts[p]; k++) sum += weights[p * width + k] * data[(first[p] + k) * channels + c];
      out[p * channels + c] = sum;
    }
  return { rate: wanted, channels, data: out };
}
