import { disableInteractiveLogging } from '../../base/config.ts';
import { HornbeamError } from '../../base/errors.ts';
import { moved } from '../../data/pipeline/threads.ts';
import { type PixelsWanted, samplePixels } from './sample-pixels.ts';
import { type SoundWanted, sampleSound } from './sample-sound.ts';

// The module that decoding threads load; it imports little of the library.
disableInteractiveLogging();

/** A thread's result: a sample, or what is wrong with its file. */
async function sampleOr<S extends object>(make: () => Promise<S>, memoryOf: (sample: S) => ArrayBufferLike) {
  try {
    const sample = await make();
    return { ...sample, [Symbol.for(moved)]: [memoryOf(sample)] };
  } catch (error) {
    if (error instanceof HornbeamError) return { refused: error.message };
    throw error;
  }
}
export const loadImage = (who: string, path: string, wanted: PixelsWanted): Promise<object> =>
  sampleOr(
    () => samplePixels(who, path, wanted),
    ({ pixels }) => pixels.buffer,
  );
export const loadSound = (who: string, path: string, wanted: SoundWanted): Promise<object> =>
  sampleOr(
    () => sampleSound(who, path, wanted),
    ({ data }) => data.buffer,
  );
