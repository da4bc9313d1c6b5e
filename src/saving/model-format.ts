import { fail } from '../base/errors.ts';
import { bytesOf, type FileSource, isFolder, type Place } from '../formats/file.ts';
import type { H5Group } from '../formats/hdf5.ts';
import type { ZipArchive } from '../formats/zip.ts';
import type { AnyLayer } from '../layers/layer/layer.ts';
import { refuseForeign } from './foreign-files.ts';
import type { LoadModelOptions, SavedModel } from './keras/keras-file.ts';

/** A file or folder that is to be read. */
export interface Found {
  /** Its path or URL, if it was given by one. */
  readonly place: Place | undefined;
  readonly isFolder: boolean;
  /** The bytes of a file: none of a folder, and none before they are asked for. */
  readonly bytes: Uint8Array | undefined;
}
export interface SaveOptions {
  /** Whether a file of that name may be replaced. */
  readonly overwrite?: boolean | undefined;
  /** False writes a folder instead of an archive (`.keras`, and in Node). */
  readonly zipped?: boolean | undefined;
}
export interface SaveWeightsOptions {
  /** Whether a file of that name may be replaced. */
  readonly overwrite?: boolean | undefined;
  /** Gigabytes that a file may take: the weights are then written in several, listed in a `.weights.json`. */
  readonly maxShardSize?: number | undefined;
}

/** A way to write something as files that end in one of `endings`, under certain options. */
export interface Writer<T, O> {
  /** Endings of the names of its files; "" is a name without one that is known. */
  readonly endings: readonly string[];
  /** Whether these options ask for it. */
  isAsked(options: O): boolean;
  /** What a message says of its files: `".keras"`. */
  readonly advice: string;
  write(what: T, place: Place, options: O): Promise<void>;
}
/** What makes models of what a file holds. It is handed to formats, so that a page that saves alone goes without it. */
export interface ModelMaker {
  fromArchive(archive: ZipArchive, fileBytes: number, options: LoadModelOptions): Promise<SavedModel>;
}
/** How models stand in files: whole, or their weights alone. What a format does not say it cannot do. */
export interface ModelFormat {
  /** Whether a file is of this format: told by its place before its bytes are read, and by them. */
  recognises(file: Found): boolean;
  readonly writesModel?: Writer<SavedModel, SaveOptions>;
  /** Makes the model in a file that it recognises. */
  readModel?(file: Found, options: LoadModelOptions, maker: ModelMaker): Promise<SavedModel>;
  readonly writesWeights?: Writer<AnyLayer, SaveWeightsOptions>;
  /** The weights in a file that it recognises. */
  readWeights?(file: Found, model: AnyLayer): Promise<H5Group>;
}

type Able<K extends keyof ModelFormat> = ModelFormat & Required<Pick<ModelFormat, K>>;
/** The formats that can do something. */
export const able = <K extends keyof ModelFormat>(formats: readonly ModelFormat[], what: K): Able<K>[] =>
  formats.filter((format): format is Able<K> => format[what] !== undefined);

/** The ending of a name: the longest that a format gives its files; "" where it has none of them. */
export function endingOf(place: Place, formats: readonly ModelFormat[]): string {
  const known = formats.flatMap(({ writesModel, writesWeights }) => [
    ...(writesModel?.endings ?? []),
    ...(writesWeights?.endings ?? []),
  ]);
  return known.filter((end) => String(place).endsWith(end)).reduce((a, b) => (b.length > a.length ? b : a), '');
}

const isPlace = (source: FileSource): source is Place => typeof source === 'string' || source instanceof URL;
/** The file at a source, and the format by which it is read. */
export async function recognise<K extends 'readModel' | 'readWeights'>(
  who: string,
  formats: readonly ModelFormat[],
  what: K,
  source: FileSource,
): Promise<{ readonly file: Found; readonly format: Able<K> }> {
  const candidates = able(formats, what);
  const place = isPlace(source) ? source : undefined;
  const unread = { place, isFolder: place !== undefined && (await isFolder(place)), bytes: undefined };
  const byPlace = candidates.find((format) => format.recognises(unread));
  if (byPlace) return { file: unread, format: byPlace };
  const bytes = await bytesOf(source);
  const file = { ...unread, bytes };
  const format = candidates.find((each) => each.recognises(file));
  if (format) return { file, format };
  refuseForeign(who, bytes);
  return fail(
    who,
    'the file is of no kind that is read, or is cut off',
    'give a .keras or .h5 file, complete: one that Keras or Hornbeam wrote',
  );
}
