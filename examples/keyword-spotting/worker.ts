import * as keras from 'hornbeam';
import { answer } from '../data/worker-calls.ts';
import { samples } from './speech.ts';

/** What the network makes of a sound. */
export interface Heard {
  readonly probabilities: Float32Array;
  /** Loudness of the bands, from low to high, over time: `bands` rows of `frames`. */
  readonly loudness: Float32Array;
  readonly bands: number;
  readonly frames: number;
}

const loaded = load();
async function load() {
  const model = await keras.models.loadModel<keras.Sequential>(new URL('./keywords.keras', import.meta.url).href);
  const spectrogram = model.getLayer('spectrogram');
  return { hear: keras.jit((x: keras.Tensor) => model(x)), spectrogram };
}

const functions = {
  async ready(): Promise<void> {
    await loaded;
  },
  async hear(sound: Float32Array): Promise<Heard> {
    const { hear, spectrogram } = await loaded;
    const probabilities = await hear(keras.tensor(sound, { shape: [1, samples, 1] })).data<'float32'>();
    const picture = spectrogram(keras.tensor(sound, { shape: [1, samples] })) as keras.Tensor;
    const [, bands, frames] = picture.shape;
    return { probabilities, loudness: await picture.data<'float32'>(), bands: bands!, frames: frames! };
  },
};
export type Functions = typeof functions;
answer(functions);
