import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as keras from 'hornbeam';
import { layers } from 'hornbeam';
import { makeVoice, randomOf, rate, samples, speak, toWav, words } from './speech.ts';

/** Writes recordings, a folder a word: each of so many voices says each word some times. */
export async function writeRecordings(folder: string, voices: number, times: number, seed: number): Promise<void> {
  const random = randomOf(seed);
  for (const word of Object.keys(words)) await mkdir(join(folder, word), { recursive: true });
  for (let v = 0; v < voices; v++) {
    const voice = makeVoice(random);
    for (const word of Object.keys(words))
      for (let k = 0; k < times; k++)
        await writeFile(join(folder, word, `voice${v}-${k}.wav`), toWav(speak(word, voice, random)));
  }
}

/** The recordings of a folder in batches `[sounds, words]`, `[n, samples, 1]`. */
export const readRecordings = (folder: string, shuffle: boolean, batchSize = 32) =>
  keras.utils.audioDatasetFromDirectory(folder, {
    ...{ batchSize, outputSequenceLength: samples, shuffle, seed: 1 },
    verbose: false,
  });

/** Hears words: loudness of 40 bands of tones over time, in which a convolutional network looks for them as in a picture. */
export function makeModel(): keras.Sequential {
  const conv = (filters: number) => [
    new layers.Conv2D({ filters, kernelSize: 3, padding: 'same', useBias: false }),
    new layers.BatchNormalization({ momentum: 0.9 }),
    new layers.ReLU(),
    new layers.MaxPooling2D(),
  ];
  return new keras.Sequential([
    keras.Input({ shape: [samples, 1] }),
    new layers.Reshape({ targetShape: [samples] }),
    new layers.MelSpectrogram({
      ...{ fftLength: 256, sequenceStride: 128, samplingRate: rate, numMelBins: 40, minFreq: 80 },
      name: 'spectrogram',
    }),
    new layers.Reshape({ targetShape: [40, -1, 1] }),
    new layers.Rescaling({ scale: 1 / 40 }),
    ...conv(16),
    ...conv(32),
    ...conv(64),
    new layers.GlobalAveragePooling2D(),
    new layers.Dropout({ rate: 0.3 }),
    new layers.Dense({ units: Object.keys(words).length, activation: 'softmax' }),
  ]);
}
