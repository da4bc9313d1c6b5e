import { fail, HornbeamError } from '../../base/errors.ts';
import { show } from '../../base/options.ts';
import { Threads } from '../../data/pipeline/threads.ts';
import { prepareSharp } from '../../formats/images/sharp.ts';
import { nodeModules } from '../../formats/node-modules.ts';
import { type PixelsWanted, type SamplePixels, samplePixels } from './sample-pixels.ts';
import { threadFile } from './thread-file.ts';

const instead = 'load images with utils.loadImg, and make a keras.data.Dataset of them';
/** Threads that decode images, by their number; shared by all folders. */
const pools = new Map<number, Threads>();
/** The module that they load; undefined if it is missing, e.g. because a bundler produced a single file. */
let module: Promise<string | undefined> | undefined;
async function findModule(): Promise<string | undefined> {
  const file = await threadFile();
  const { fs, url } = nodeModules('folders of images', instead);
  return fs.access(url.fileURLToPath(file)).then(
    () => file,
    () => undefined,
  );
}

/** The default number of decoding threads: one per core, up to 8. */
const defaultWorkers = (who: string): number => Math.min(8, nodeModules(who, instead).os.availableParallelism());

/** Checks the number of threads. */
export function checkWorkers(who: string, workers: number | undefined): number {
  if (workers === undefined) return defaultWorkers(who);
  return Number.isInteger(workers) && workers >= 0
    ? workers
    : fail(who, `workers is ${show(workers)}`, 'give a whole number of threads, or 0 to decode in this one');
}

/** Reads, decodes and resizes the images of a folder in `workers` other threads, or with 0 in this one. */
export function imageLoader(
  wanted: PixelsWanted,
  workers: number,
): (who: string, path: string) => Promise<SamplePixels> {
  return async (who, path) => {
    if (wanted.decoder === 'sharp') await prepareSharp(who);
    const found = workers > 0 ? await (module ??= findModule()) : undefined;
    if (found === undefined) return samplePixels(who, path, wanted);
    let threads = pools.get(workers);
    if (!threads) pools.set(workers, (threads = new Threads({ module: found, name: 'load' }, workers)));
    const made = (await threads.call([who, path, wanted])) as SamplePixels | { readonly refused: string };
    if ('refused' in made) throw new HornbeamError(made.refused);
    return made;
  };
}
