import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { epsilon, floatx, imageDataFormat } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { libraryVersion } from '../../base/version.ts';
import { writeFileAtomic } from '../../formats/file.ts';
import { type NpyArray, writeNpy } from '../../formats/npy.ts';
import type { Model } from '../../models/index.ts';
import { modelToConfig, type SavedModel } from '../../saving/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { Seeds } from './losses.ts';
import { type OwnClass, ownClassesOf, stubsFor } from './own-classes.ts';
import { scriptFor } from './script.ts';

/** The arrays of a run, by the names of their files. */
export type Arrays = Readonly<Record<'inputs' | 'labels' | 'weights', readonly Tensor[]>>;
export interface Settings {
  readonly batchSize: number;
  readonly epochs: number;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly validationSplit: number;
  readonly tolerance: number;
}

const text = (name: string, content: string): Promise<void> => writeFileAtomic(name, new TextEncoder().encode(content));

/** Creates the folder, which must be new or empty unless it may be replaced. */
export async function makeFolder(folder: string, overwrite: boolean): Promise<void> {
  await mkdir(join(folder, 'data'), { recursive: true });
  const there = (await readdir(folder)).filter((name) => name !== 'data');
  if (there.length > 0 && !overwrite)
    fail(folder, `it is there already, with ${there.length} files`, 'give another name, or --overwrite');
}

/** Writes all but the losses: model, data, program, and what Python needs for the user's own classes. */
export async function writeFolder(
  folder: string,
  model: Model,
  arrays: Arrays,
  settings: Settings,
  seeds: Seeds,
  custom: string | undefined,
): Promise<readonly OwnClass[]> {
  await model.save(join(folder, 'model.keras'), { overwrite: true });
  const names: Record<keyof Arrays, string[]> = { inputs: [], labels: [], weights: [] };
  for (const [kind, tensors] of Object.entries(arrays) as [keyof Arrays, readonly Tensor[]][])
    for (const [k, t] of tensors.entries()) {
      const name = tensors.length > 1 ? `${kind}_${k}` : kind;
      names[kind].push(name);
      const array = { shape: t.shape, dtype: t.dtype, data: await t.data() } as NpyArray;
      await writeFileAtomic(join(folder, 'data', `${name}.npy`), writeNpy(array));
    }
  const config = modelToConfig(model as SavedModel) as Config;
  const classes = ownClassesOf(model, config);
  if (custom !== undefined) await copyFile(custom, join(folder, 'custom_objects.py'));
  else if (classes.length > 0) await text(join(folder, 'custom_objects.py'), stubsFor(classes));
  await text(
    join(folder, 'train.py'),
    scriptFor({
      settings: {
        BATCH_SIZE: settings.batchSize,
        EPOCHS: settings.epochs,
        SEED: settings.seed,
        SEEDS: seeds,
        SHUFFLE: settings.shuffle,
        VALIDATION_SPLIT: settings.validationSplit,
        INPUTS: names.inputs,
        LABELS: names.labels,
        SAMPLE_WEIGHTS: names.weights,
        FLOATX: floatx(),
        EPSILON: epsilon(),
        IMAGE_DATA_FORMAT: imageDataFormat(),
        TOLERANCE: settings.tolerance,
      },
      compiled: compileLines(config['compile_config'] as Config),
      hasOwnClasses: classes.length > 0,
    }),
  );
  return classes;
}
/** Writes the losses that the Python program should reproduce. */
export const writeExpected = (folder: string, losses: readonly number[], stepsAfter: number): Promise<void> =>
  text(join(folder, 'expected.json'), `${JSON.stringify({ hornbeam: libraryVersion, losses, stepsAfter })}\n`);

/** Compile options as Python would write them, one per line. */
function compileLines(config: Config): string[] {
  const short = (x: unknown): string => {
    if (Array.isArray(x)) return `[${x.map(short).join(', ')}]`;
    if (typeof x !== 'object' || x === null)
      return x === true ? 'True' : x === false ? 'False' : x === null ? 'None' : JSON.stringify(x);
    const { class_name: name, config: options } = x as Config;
    if (typeof name !== 'string')
      return `{${Object.entries(x)
        .map(([key, value]) => `${JSON.stringify(key)}: ${short(value)}`)
        .join(', ')}}`;
    if (typeof options !== 'object' || options === null) return String(options ?? name);
    const told = Object.entries(options).filter(([key, value]) => value !== null && key !== 'dtype');
    return `${name}(${told.map(([key, value]) => `${key}=${short(value)}`).join(', ')})`;
  };
  return Object.entries(config).map(([key, value]) => `${key}=${short(value)}`);
}
