import { fail } from '../base/errors.ts';
import { part } from '../base/part.ts';
import { bytesOf, type FileSource, filesIn, type Place } from '../formats/file.ts';
import type { H5Group } from '../formats/hdf5.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import type { LoadModelOptions, SavedModel } from './keras/keras-file.ts';
import type { LoadWeightsOptions } from './keras/weights.ts';

/** A file, or several that belong together: what a user picked or dropped (`input.files`). */
export type ModelSource = FileSource | Iterable<File>;

/** A file or folder to be read. */
export interface Found {
  /** Its path or URL, if there is one. */
  readonly place: Place | undefined;
  readonly isFolder: boolean;
  /** The names of the files in a folder. */
  readonly entries?: readonly string[] | undefined;
  /** The files among which it was given, as a page has them. */
  readonly files?: readonly File[] | undefined;
  /** The bytes of a file, read on demand; a folder has none. */
  readonly bytes: Uint8Array | undefined;
}
/** Options of `model.save`. */
export interface SaveOptions {
  /** Whether an existing file may be overwritten. */
  readonly overwrite?: boolean | undefined;
  /** False writes a folder instead of an archive (`.keras`, and in Node). */
  readonly zipped?: boolean | undefined;
}
/** Options of `model.saveWeights`. */
export interface SaveWeightsOptions {
  /** Whether an existing file may be overwritten. */
  readonly overwrite?: boolean | undefined;
  /**
   * The largest file size in gigabytes: the weights are then written to several files, listed in a `.weights.json`.
   */
  readonly maxShardSize?: number | undefined;
  /** Says under which name a `.safetensors` file holds a weight, given its path; null leaves it out. */
  readonly rename?: ((path: string) => string | null) | undefined;
}

/** A way of writing something to files with one of these endings, under certain options. */
export interface Writer<T, O> {
  /** The endings of its file names; "" means a name without a known ending. */
  readonly endings: readonly string[];
  /** Whether the options ask for it. */
  isAsked(options: O): boolean;
  /** How messages refer to its files: `".keras"`. */
  readonly advice: string;
  write(what: T, place: Place, options: O): Promise<void>;
}
/** A file format for whole models, for weights only, or for both. Anything a format does not define, it cannot do. */
export interface ModelFormat {
  /** Whether a file has this format, judged by its path before its bytes are read, and then by these. */
  recognises(file: Found): boolean;
  readonly writesModel?: Writer<SavedModel, SaveOptions>;
  /** Reads the model from a file in this format. */
  readModel?(file: Found, options: LoadModelOptions): Promise<SavedModel>;
  readonly writesWeights?: Writer<AnyLayer, SaveWeightsOptions>;
  /** Reads the weights from a file in this format; gives nothing where it assigned them itself. */
  readWeights?(file: Found, model: AnyLayer, options: LoadWeightsOptions): Promise<H5Group | undefined>;
}

type Able<K extends keyof ModelFormat> = ModelFormat & Required<Pick<ModelFormat, K>>;
/** The formats with a certain capability. */
export const able = <K extends keyof ModelFormat>(formats: readonly ModelFormat[], what: K): Able<K>[] =>
  formats.filter((format): format is Able<K> => format[what] !== undefined);

/** The ending of a name: the longest one known to a format; "" if there is none. */
export function endingOf(place: Place, formats: readonly ModelFormat[]): string {
  const known = formats.flatMap(({ writesModel, writesWeights }) => [
    ...(writesModel?.endings ?? []),
    ...(writesWeights?.endings ?? []),
  ]);
  return known.filter((end) => String(place).endsWith(end)).reduce((a, b) => (b.length > a.length ? b : a), '');
}

const isPlace = (source: ModelSource): source is Place => typeof source === 'string' || source instanceof URL;
const isList = (source: ModelSource): source is Iterable<File> =>
  !isPlace(source) && !ArrayBuffer.isView(source) && Symbol.iterator in source;
/** The file at a source, and the format to read it with. */
export async function recognise<K extends 'readModel' | 'readWeights'>(
  who: string,
  formats: readonly ModelFormat[],
  what: K,
  given: ModelSource,
): Promise<{ readonly file: Found; readonly format: Able<K> }> {
  const candidates = able(formats, what);
  const files = isList(given) ? [...given] : undefined;
  const source: FileSource | undefined = files
    ? (files.find(({ name }) => name.endsWith('.json')) ?? files[0])
    : (given as FileSource);
  if (source === undefined) return fail(who, 'the list of files is empty', 'let the user pick the files of a model');
  const place = isPlace(source) ? source : undefined;
  const entries = place === undefined ? undefined : await filesIn(place);
  const unread: Found = { place, isFolder: entries !== undefined, entries, files, bytes: undefined };
  const byPlace = candidates.find((format) => format.recognises(unread));
  if (byPlace) return { file: unread, format: byPlace };
  const bytes = await bytesOf(source);
  const file = { ...unread, bytes };
  const format = candidates.find((each) => each.recognises(file));
  if (format) return { file, format };
  (await part('saving', () => import('./foreign-files.ts'))).refuseForeign(who, bytes);
  return fail(
    who,
    'the file is of no kind that is read, or is cut off',
    'give a .keras or .h5 file, complete: one that Keras or Hornbeam wrote',
  );
}
