import { disableInteractiveLogging } from '../../base/config.ts';
import { HornbeamError } from '../../base/errors.ts';
import { moved } from '../../data/pipeline/threads.ts';
import { type PixelsWanted, samplePixels } from './sample-pixels.ts';

// The module that decoding threads load; it imports little of the library.
disableInteractiveLogging();

/** A thread's result: an image, or what is wrong with its file. */
export async function load(who: string, path: string, wanted: PixelsWanted): Promise<object> {
  try {
    const sample = await samplePixels(who, path, wanted);
    return { ...sample, [Symbol.for(moved)]: [sample.pixels.buffer] };
  } catch (error) {
    if (error instanceof HornbeamError) return { refused: error.message };
    throw error;
  }
}
