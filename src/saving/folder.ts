import { type Place, readFolder } from '../formats/file.ts';
import type { ZipArchive } from '../formats/zip.ts';

/** The files of a folder as those of an archive: a model that was saved with `zipped: false`. */
export async function folderArchive(place: Place): Promise<ZipArchive> {
  const files = new Map(Object.entries(await readFolder(place)));
  return {
    names: [...files.keys()],
    sizeOf: (name) => files.get(name)?.length,
    read: async (name) => files.get(name),
  };
}
