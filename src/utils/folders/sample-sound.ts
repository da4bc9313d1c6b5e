import { readFile } from '../../formats/file.ts';
import { decodeWav, type Sound } from '../../formats/wav.ts';
import { lanczos, tapsFor } from '../images/resample.ts';

/** How to turn the sounds of a folder into samples. */
export interface SoundWanted {
  /** Samples per second; null keeps the file's. */
  readonly samplingRate: number | null;
  /** Samples per sound, before they are resampled; null keeps the file's. */
  readonly length: number | null;
}

/** The sound in a file, in the requested length and rate. `who` is named by errors. */
export async function sampleSound(who: string, path: string, { samplingRate, length }: SoundWanted): Promise<Sound> {
  const sound = decodeWav(who, await readFile(path));
  // As in Keras: truncated first, then resampled.
  const cut = length === null ? sound : inLength(sound, length);
  return samplingRate === null || samplingRate === cut.rate ? cut : atRate(cut, samplingRate);
}

/** A sound truncated, or padded with silence. */
export function inLength(sound: Sound, samples: number): Sound {
  const length = samples * sound.channels;
  if (sound.data.length === length) return sound;
  const data = new Float32Array(length);
  data.set(sound.data.subarray(0, length));
  return { ...sound, data };
}

/** Half-width of the resampling filter, in samples. */
const reach = 16;
/** Resamples a sound; frequencies above the new rate's limit are filtered out. */
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
