import { fail, HornbeamError } from '../base/errors.ts';
import { isBrowserPlace } from './browser-places.ts';
import { type Place, pathOf, readFile } from './file.ts';
import { hasFiles, nodeModules } from './node-modules.ts';

/** Some bytes of a file, which may be too large to be read as a whole; fewer where it ends before. Without `length`, up to its end. */
export async function readPart(place: Place, offset: number, length: number | undefined): Promise<Uint8Array> {
  const part = (bytes: Uint8Array): Uint8Array =>
    bytes.subarray(offset, length === undefined ? undefined : offset + length);
  if (isBrowserPlace(place) || !hasFiles() || /^(https?|blob|data):/.test(String(place)))
    return part(await readFile(place));
  const who = `file ${place}`;
  const node = nodeModules(who, 'give its bytes');
  try {
    const path = pathOf(place, node);
    const found = await node.fs.stat(path);
    // What is no file is refused there.
    if (!found.isFile()) return part(await readFile(place));
    const count = Math.max(0, Math.min(length ?? found.size, found.size - offset));
    const bytes = new Uint8Array(count);
    const file = await node.fs.open(path, 'r');
    try {
      let at = 0;
      while (at < count) {
        const { bytesRead } = await file.read(bytes, at, Math.min(count - at, 2 ** 30), offset + at);
        if (bytesRead === 0) return bytes.subarray(0, at);
        at += bytesRead;
      }
    } finally {
      await file.close();
    }
    return bytes;
  } catch (error) {
    if (error instanceof HornbeamError) throw error;
    return fail(who, `cannot be read: ${(error as Error).message}`, 'check the path and the permissions');
  }
}
