import { print } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { type OptionNames, show } from '../../base/options.ts';
import { nodeModules } from '../../formats/node-modules.ts';
import { checkSeed, defaultSeed } from '../../random/global-seed.ts';
import { MersenneTwister, permutation } from '../../random/mersenne-twister.ts';

/** Which files of a folder to use, and their labels. */
export interface FolderOptions {
  /**
   * `'inferred'`, the default: each subfolder is a class; null for no labels; or a list of integers, one for each file
   * in the order of their paths.
   */
  readonly labels?: 'inferred' | readonly number[] | null | undefined;
  /**
   * `'int'`, the default: class numbers (int32); `'binary'`: 0 or 1 (float32, `[n, 1]`); `'categorical'`: one-hot rows;
   * null for none.
   */
  readonly labelMode?: 'int' | 'binary' | 'categorical' | null | undefined;
  /** The subfolders of the classes, in order; only with `labels: 'inferred'`. By default all, sorted by name. */
  readonly classNames?: readonly string[] | null | undefined;
  /** Samples per batch; 32 by default. Null yields single samples. */
  readonly batchSize?: number | null | undefined;
  /** Whether to shuffle the files anew in each iteration; true by default. If false, they are sorted by path. */
  readonly shuffle?: boolean | undefined;
  /** Makes the order reproducible; files are split as by Keras with the same seed. */
  readonly seed?: number | null | undefined;
  /** Fraction of the files for validation, between 0 and 1. */
  readonly validationSplit?: number | null | undefined;
  /** Which part to return if `validationSplit` is set; `'both'` returns two datasets. */
  readonly subset?: 'training' | 'validation' | 'both' | null | undefined;
  /** Whether links to folders are followed. */
  readonly followLinks?: boolean | undefined;
  /** Whether to print how many files were found; true by default. */
  readonly verbose?: boolean | undefined;
  /**
   * What to do about an unreadable file: `'raise'`, the default, names it in an error; `'skip'` names it in a warning
   * and continues without it.
   */
  readonly corruptFiles?: 'raise' | 'skip' | undefined;
}
export const folderOptions: OptionNames<FolderOptions> = {
  labels: true,
  labelMode: true,
  classNames: true,
  batchSize: true,
  shuffle: true,
  seed: true,
  validationSplit: true,
  subset: true,
  followLinks: true,
  verbose: true,
  corruptFiles: true,
};

/** Files with their labels. */
export interface Files {
  readonly paths: readonly string[];
  /** Undefined without labels. */
  readonly labels: readonly number[] | undefined;
  readonly classNames: readonly string[] | null;
}
/** The requested files: one list, or training and validation files. */
export interface Found {
  readonly parts: readonly Files[];
  readonly seed: number;
  readonly labelMode: 'int' | 'binary' | 'categorical' | null;
  readonly batchSize: number | null;
}

/** Finds the files with given extensions in a folder, split as by Keras. */
export async function findFiles(
  who: string,
  directory: string | URL,
  endings: readonly string[],
  options: FolderOptions,
): Promise<Found> {
  const {
    labels = 'inferred',
    labelMode = 'int',
    classNames,
    batchSize = 32,
    shuffle = true,
    verbose = true,
  } = options;
  check(who, options);
  const isLabelled = labels !== null && labelMode !== null;
  const seed = options.seed === null || options.seed === undefined ? defaultSeed() : checkSeed(who, options.seed);
  const all = await listed(
    who,
    directory,
    endings,
    isLabelled ? labels : null,
    classNames,
    options.followLinks === true,
  );
  if (verbose)
    print(
      all.classNames
        ? `Found ${all.paths.length} files belonging to ${all.classNames.length} classes.`
        : `Found ${all.paths.length} files.`,
    );
  if (isLabelled && labelMode === 'binary' && all.classNames?.length !== 2)
    fail(who, `labelMode is "binary", and there are ${all.classNames?.length} classes`, 'use "int" or "categorical"');
  const drawn = shuffle ? inOrder(all, permutation(MersenneTwister.fromWord(seed), all.paths.length)) : all;
  const parts = divided(who, drawn, options);
  for (const part of parts)
    if (part.paths.length === 0)
      fail(
        who,
        all.paths.length === 0
          ? `there are no files ending with ${endings.join(', ')} in ${directory}`
          : `of ${all.paths.length} files none is left for a part`,
        'check the folder, the names of the files and validationSplit',
      );
  return { parts, seed, labelMode: isLabelled ? labelMode : null, batchSize };
}

function check(who: string, options: FolderOptions): void {
  const { labels = 'inferred', labelMode = 'int', classNames, batchSize = 32, shuffle = true } = options;
  const { seed, validationSplit, subset, corruptFiles = 'raise' } = options;
  if (labels !== 'inferred' && labels !== null && !Array.isArray(labels))
    fail(who, `labels is ${show(labels)}`, 'use "inferred", null, or a list of whole numbers, one for each file');
  if (labels !== 'inferred' && classNames)
    fail(who, 'classNames was given beside labels', 'leave it out: classes are named by their labels then');
  if (labelMode !== null && !['int', 'binary', 'categorical'].includes(labelMode))
    fail(who, `labelMode is ${show(labelMode)}`, 'use "int", "binary", "categorical" or null');
  if (batchSize !== null && !(Number.isInteger(batchSize) && batchSize > 0))
    fail(who, `batchSize is ${show(batchSize)}`, 'give a whole number of at least 1, or null for single samples');
  if (corruptFiles !== 'raise' && corruptFiles !== 'skip')
    fail(who, `corruptFiles is ${show(corruptFiles)}`, 'use "raise" or "skip"');
  if (validationSplit && !(validationSplit > 0 && validationSplit < 1))
    fail(who, `validationSplit is ${show(validationSplit)}`, 'give a share between 0 and 1');
  if (subset && !['training', 'validation', 'both'].includes(subset))
    fail(who, `subset is ${show(subset)}`, 'use "training", "validation" or "both"');
  if (Boolean(validationSplit) !== Boolean(subset))
    fail(who, 'only one of validationSplit and subset is set', 'give both, or neither');
  if (validationSplit && shuffle && (seed === null || seed === undefined))
    fail(who, 'files are divided in random order without a seed', 'give { seed }, so that no file is in both parts');
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All files in the order of their paths. */
async function listed(
  who: string,
  directory: string | URL,
  endings: readonly string[],
  labels: 'inferred' | readonly number[] | null,
  given: readonly string[] | null | undefined,
  followLinks: boolean,
): Promise<Files> {
  const { fs, path, url } = nodeModules(who, 'load the files, and make a dataset of them with keras.data.Dataset');
  const root = directory instanceof URL || directory.startsWith('file:') ? url.fileURLToPath(directory) : directory;
  const entriesOf = async (folder: string) =>
    (
      await fs
        .readdir(folder, { withFileTypes: true })
        .catch((error: Error) => fail(who, `the folder ${folder} cannot be read: ${error.message}`, 'check the path'))
    ).sort((a, b) => byName(a.name, b.name));
  const isFolder = async (at: string): Promise<boolean> =>
    (await fs.stat(at).catch(() => undefined))?.isDirectory() ?? false;
  /** Files in a folder and below it, folder by folder in the order of their paths. */
  const filesIn = async (
    folder: string,
    above: readonly string[] = [],
  ): Promise<{ folder: string; files: string[] }[]> => {
    const files: string[] = [];
    const found = [{ folder, files }];
    const real = followLinks ? await fs.realpath(folder) : folder;
    if (above.includes(real))
      fail(who, `the link ${folder} leads to a folder around it`, 'remove it, or leave followLinks out');
    for (const entry of await entriesOf(folder)) {
      const at = path.join(folder, entry.name);
      const isInside = entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(at)));
      if (!isInside) {
        if (endings.some((ending) => entry.name.toLowerCase().endsWith(ending))) files.push(at);
      } else if (followLinks || entry.isDirectory()) found.push(...(await filesIn(at, [...above, real])));
    }
    return found;
  };
  const inFolder = async (folder: string): Promise<string[]> =>
    (await filesIn(folder)).sort((a, b) => byName(a.folder, b.folder)).flatMap(({ files }) => files);
  if (labels !== 'inferred') {
    const paths = await inFolder(root);
    if (labels && labels.length !== paths.length)
      fail(who, `there are ${labels.length} labels for ${paths.length} files`, 'give one for each file');
    const names = labels && [...new Set(labels)].sort((a, b) => a - b).map(String);
    return { paths, labels: labels ?? undefined, classNames: names };
  }
  const folders: string[] = [];
  for (const { name } of await entriesOf(root))
    if (!name.startsWith('.') && (await isFolder(path.join(root, name)))) folders.push(name);
  const unknown = given?.find((name) => !folders.includes(name));
  if (unknown !== undefined)
    fail(who, `there is no folder ${show(unknown)} in ${root}`, `classNames may name ${folders.join(', ')}`);
  const classNames = [...(given ?? folders)];
  const classes = await Promise.all(classNames.map((name) => inFolder(path.join(root, name))));
  return { paths: classes.flat(), labels: classes.flatMap((files, k) => files.map(() => k)), classNames };
}

const inOrder = ({ paths, labels, classNames }: Files, order: Int32Array): Files => ({
  paths: Array.from(order, (k) => paths[k]),
  labels: labels && Array.from(order, (k) => labels[k]),
  classNames,
});

function divided(who: string, all: Files, { validationSplit, subset, verbose = true }: FolderOptions): Files[] {
  if (!validationSplit) return [all];
  const count = Math.trunc(validationSplit * all.paths.length);
  if (count === 0)
    fail(who, `validationSplit ${validationSplit} of ${all.paths.length} files leaves none`, 'give a larger share');
  const at = all.paths.length - count;
  const cut = (from: number, to: number): Files => ({
    ...all,
    paths: all.paths.slice(from, to),
    labels: all.labels?.slice(from, to),
  });
  const parts = { training: cut(0, at), validation: cut(at, all.paths.length) };
  const wanted = subset === 'both' ? (['training', 'validation'] as const) : [subset as 'training' | 'validation'];
  for (const part of wanted) if (verbose) print(`Using ${parts[part].paths.length} files for ${part}.`);
  return wanted.map((part) => parts[part]);
}
