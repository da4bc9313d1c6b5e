import { fail } from '../base/errors.ts';
import { download, stored } from './browser-places.ts';

/** The bytes kept under `indexeddb://name`. */
export async function readStored(place: string): Promise<Uint8Array> {
  if (!place.startsWith(stored)) fail(`file ${place}`, 'a download cannot be read again', 'let the user pick the file');
  const found = await inStore<Uint8Array | undefined>(place, 'readonly', (files) => files.get(place));
  return found ?? fail(`file ${place}`, 'nothing is stored here', 'call keras.saving.storedFiles() to see what is');
}

/** Stores bytes under `indexeddb://name`, or offers them to the user as the download `downloads://name`. */
export async function writeInBrowser(
  place: string,
  given: Uint8Array | Iterable<Uint8Array<ArrayBuffer>>,
): Promise<void> {
  const bytes = given instanceof Uint8Array ? given : new Uint8Array(await new Blob([...given]).arrayBuffer());
  if (place.startsWith(download)) offer(place, bytes);
  else await inStore(place, 'readwrite', (files) => files.put(bytes, place));
}

/** Deletes what is stored under `indexeddb://name`, if anything. */
export const removeStored = (place: string): Promise<void> =>
  inStore(place, 'readwrite', (files) => files.delete(place));

/** The names, `indexeddb://` included, under which this page's origin keeps files. */
export const storedFiles = (): Promise<string[]> =>
  inStore('storedFiles', 'readonly', (files) => files.getAllKeys() as IDBRequest<string[]>);

/** Makes one request to the object store and waits until its transaction is complete. */
async function inStore<R>(
  who: string,
  mode: IDBTransactionMode,
  ask: (files: IDBObjectStore) => IDBRequest<R>,
): Promise<R> {
  if (typeof indexedDB === 'undefined') fail(who, 'there is no IndexedDB here', 'give a path, or a URL to read from');
  const opening = indexedDB.open('hornbeam', 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore('files');
  try {
    const database = await settled(opening);
    try {
      const transaction = database.transaction('files', mode);
      const request = ask(transaction.objectStore('files'));
      await new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      return request.result;
    } finally {
      database.close();
    }
  } catch (error) {
    return fail(who, `the browser's database refused: ${(error as Error).message}`, 'free some space, or download');
  }
}
const settled = <R>(request: IDBRequest<R>): Promise<R> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function offer(place: string, bytes: Uint8Array): void {
  if (typeof document === 'undefined')
    fail(
      `file ${place}`,
      'only a page can offer a download, and this is none',
      'send the bytes to the page (keras.saving.modelToKeras gives those of a model), or save to "indexeddb://…"',
    );
  const href = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  Object.assign(document.createElement('a'), { href, download: place.slice(download.length) }).click();
  // The browser reads the bytes only after the click.
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
