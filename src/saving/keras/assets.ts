import type { ZipArchive } from '../../formats/zip.ts';
import { type AnyLayer, isLayer } from '../../layers/layer/layer.ts';
import { placeSaveables } from './saveables.ts';

/** An object with files beside its weights, such as a vocabulary: a layer of the library or a user's. */
interface WithAssets {
  saveAssets(files: Record<string, string>): void;
  loadAssets(files: Readonly<Record<string, string>>): void;
}
/** The largest text file that is read. */
const largest = 2 ** 28;

const holdersOf = (model: AnyLayer): { path: string; holder: Partial<WithAssets> }[] =>
  placeSaveables(model).map(({ path, object }) => ({ path, holder: object as Partial<WithAssets> }));
/** A layer is a function too, and may be an attribute of any name. */
const isMethod = <F>(x: F | undefined): x is F => typeof x === 'function' && !isLayer(x);
const folderOf = (path: string): string => (path === '' ? 'assets/' : `assets/${path}/`);

/** The files of a model's layers, by name in the archive. */
export function assetsOf(model: AnyLayer): Record<string, Uint8Array> {
  const text = new TextEncoder();
  const all: [string, Uint8Array][] = [];
  for (const { path, holder } of holdersOf(model)) {
    if (!isMethod(holder.saveAssets)) continue;
    const files: Record<string, string> = {};
    holder.saveAssets(files);
    for (const [name, content] of Object.entries(files)) all.push([folderOf(path) + name, text.encode(content)]);
  }
  return Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Passes the files in an archive to the model's layers. */
export async function readAssets(model: AnyLayer, zip: ZipArchive): Promise<void> {
  if (!zip.names.some((name) => name.startsWith('assets/'))) return;
  for (const { path, holder } of holdersOf(model)) {
    if (!isMethod(holder.loadAssets)) continue;
    const folder = folderOf(path);
    const own = zip.names.filter((name) => name.startsWith(folder) && !name.slice(folder.length).includes('/'));
    const files: Record<string, string> = {};
    for (const name of own) {
      const bytes = await zip.read(name, largest);
      if (bytes) files[name.slice(folder.length)] = new TextDecoder().decode(bytes);
    }
    if (own.length > 0) holder.loadAssets(files);
  }
}
