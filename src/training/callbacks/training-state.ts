import type { TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import {
  getH5,
  getH5Text,
  type H5Group,
  h5Dataset,
  h5Text,
  isH5Dataset,
  isH5Group,
  makeH5Group,
  setH5,
} from '../../formats/hdf5.ts';
import { type ShuffleState, seedState, setSeedState, setShuffleState, shuffleState } from '../../random/global-seed.ts';
import { globalSeedState, keptGlobalSeed } from '../../random/seed-generator.ts';
import { download, upload } from '../../runtime/storage.ts';
import type { Variable } from '../../tensor/index.ts';
import type { Place } from '../progress.ts';
import type { Trainer } from '../trainer.ts';

/** Where a weights file keeps the rest of the training state. Keras does not look there. */
const group = 'hornbeam_training';

/** Adds the position of the fit, all random state and the running metrics to the weights of a model. */
export async function addTrainingState(file: H5Group, trainer: Trainer): Promise<void> {
  const { progress } = trainer;
  if (!progress) return;
  const { position, ...place } = progress.place;
  const root = makeH5Group(file, group);
  const { shuffle, ...where } = position;
  root.attributes['place'] = h5Text(JSON.stringify({ ...place, ...where }));
  const words = ({ words: given, used }: ShuffleState) => {
    const data = Uint32Array.of(...given, used);
    return h5Dataset([data.length], 'uint32', data);
  };
  setH5(file, `${group}/seeds`, words(seedState()));
  setH5(file, `${group}/shuffle`, words(shuffleState()));
  if (shuffle) setH5(file, `${group}/order`, words(shuffle));
  const global = keptGlobalSeed();
  if (global) setH5(file, `${group}/global_seed`, h5Dataset(global.shape, global.dtype, await download(global.held)));
  for (const [name, variables] of Object.entries(stateOf(trainer)))
    for (const [k, variable] of variables.entries()) {
      const data = (await download(variable.held)).slice();
      setH5(file, `${group}/${name}/${k}`, h5Dataset(variable.shape, variable.dtype, data));
    }
}

/** The training position in a JSON text, as whole numbers. */
export function placeIn<K extends string>(text: string, names: readonly K[]): Record<K, number> {
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {}
  const isWhole =
    typeof found === 'object' && found !== null && names.every((name) => isCount((found as Record<K, unknown>)[name]));
  return isWhole
    ? (found as Record<K, number>)
    : fail(
        'BackupAndRestore',
        `expected whole numbers ${names.join(', ')}, got ${JSON.stringify(text.slice(0, 60))}`,
        'remove the backup',
      );
}

/** Makes the fit that is starting resume where the file's training had got to; false if the file does not say. */
export function takeTrainingState(file: H5Group, trainer: Trainer): Place | undefined {
  const root = getH5(file, group);
  const text = root && isH5Group(root) ? getH5Text(root, 'place') : undefined;
  if (text === undefined || !trainer.progress) return undefined;
  const { epoch, step, taken } = placeIn<'epoch' | 'step' | 'taken'>(text, ['epoch', 'step', 'taken']);
  // Of a pipeline.
  const said = <K extends 'seed' | 'turn'>(name: K): number | undefined =>
    text.includes(`"${name}"`) ? placeIn<K>(text, [name])[name] : undefined;
  const wordsAt = (name: string): ShuffleState | undefined => {
    const found = arrayAt(file, name);
    return found && { words: Array.from(found.slice(0, -1)), used: found.at(-1)! };
  };
  const place: Place = {
    epoch,
    step,
    position: { seed: said('seed'), turn: said('turn'), taken, shuffle: wordsAt('order') },
  };
  trainer.progress.goTo(place, () => {
    const [shuffle, seeds, global] = [wordsAt('shuffle'), wordsAt('seeds'), arrayAt(file, 'global_seed')];
    if (shuffle) setShuffleState(shuffle);
    // Metrics only exist once the first batch has been seen.
    trainer.beforeStep = () => {
      if (seeds) setSeedState(seeds);
      if (global) globalSeedState().assign(upload(Uint32Array.from(global), { shape: [2], dtype: 'uint32' }));
      const { layers, metrics } = stateOf(trainer);
      const put = (name: string, variables: readonly Variable[]): void =>
        variables.forEach((variable, k) => {
          const data = dataAt(file, `${name}/${k}`);
          if (data) variable.assign(upload(data, variable));
        });
      put('layers', layers);
      if (step > 0) put('metrics', metrics);
    };
  });
  return place;
}
/** Layer state other than weights (seed generators), and the running metrics. */
const stateOf = (trainer: Trainer): { layers: Variable[]; metrics: Variable[] } => {
  const metrics = trainer.metrics.flatMap((metric) => [...metric.variables]);
  return { layers: trainer.model.nonTrainableVariables.filter((v) => !metrics.includes(v)), metrics };
};
function dataAt(file: H5Group, name: string): TypedArray | undefined {
  const node = getH5(file, `${group}/${name}`);
  return node && isH5Dataset(node) && node.dtype !== 'string' ? (node.data as TypedArray) : undefined;
}
const arrayAt = (file: H5Group, name: string): number[] | undefined => {
  const data: ArrayLike<number> | undefined = dataAt(file, name);
  return data && Array.from(data, Number);
};
