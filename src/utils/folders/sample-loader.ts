import { fail, HornbeamError } from '../../base/errors.ts';
import { show } from '../../base/options.ts';
import { Threads } from '../../data/pipeline/threads.ts';
import { prepareSharp } from '../../formats/images/sharp.ts';
import { nodeModules } from '../../formats/node-modules.ts';
import type { Sound } from '../../formats/wav.ts';
import { type PixelsWanted, type SamplePixels, samplePixels } from './sample-pixels.ts';
import { type SoundWanted, sampleSound } from './sample-sound.ts';
import { threadFile } from './thread-file.ts';

const instead = 'load files one by one, images with utils.loadImg, and make a keras.data.Dataset of them';
/** Threads that load samples, by what they load and their number; shared by all folders. */
const pools = new Map<string, Threads>();
/** The module that they load; undefined if it is missing, e.g. because a bundler produced a single file. */
let module: Promise<string | undefined> | undefined;
async function findModule(): Promise<string | undefined> {
  const file = await threadFile();
  const { fs, url } = nodeModules('folders of samples', instead);
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

type Load<W, S> = (who: string, path: string, wanted: W) => Promise<S>;
/** Loads samples as a function of the threads' module does, in `workers` other threads, or with 0 in this one by `here`. */
function loader<W, S>(
  name: string,
  here: Load<W, S>,
  wanted: W,
  workers: number,
): (who: string, path: string) => Promise<S> {
  return async (who, path) => {
    const found = workers > 0 ? await (module ??= findModule()) : undefined;
    if (found === undefined) return here(who, path, wanted);
    const key = `${name} ${workers}`;
    let threads = pools.get(key);
    if (!threads) pools.set(key, (threads = new Threads({ module: found, name }, workers)));
    const made = (await threads.call([who, path, wanted])) as S | { readonly refused: string };
    if (typeof made === 'object' && made !== null && 'refused' in made) throw new HornbeamError(made.refused as string);
    return made as S;
  };
}
/** Reads, decodes and resizes the images of a folder. */
export function imageLoader(
  wanted: PixelsWanted,
  workers: number,
): (who: string, path: string) => Promise<SamplePixels> {
  const load = loader('loadImage', samplePixels, wanted, workers);
  return async (who, path) => {
    if (wanted.decoder === 'sharp') await prepareSharp(who);
    return load(who, path);
  };
}
/** Reads, decodes and resamples the sounds of a folder. */
export const soundLoader = (wanted: SoundWanted, workers: number): ((who: string, path: string) => Promise<Sound>) =>
  loader('loadSound', sampleSound, wanted, workers);
