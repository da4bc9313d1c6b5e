import { type Place, readFolder, writeFileAtomic, writeFolder } from '../../formats/file.ts';
import { readHdf5 } from '../../formats/hdf5.ts';
import { openZip, type ZipArchive } from '../../formats/zip.ts';
import type { ModelFormat } from '../model-format.ts';
import { filesOfKeras, modelToKeras, weightsIn } from './keras-file.ts';

/** `model.keras`: an archive of config, weights and the version that wrote them. */
export const kerasArchive: ModelFormat = {
  recognises: ({ bytes }) => bytes?.[0] === 0x50 && bytes[1] === 0x4b,
  writesModel: {
    endings: ['.keras'],
    isAsked: ({ zipped = true }) => zipped,
    advice: '".keras"',
    write: async (model, place) => writeFileAtomic(place, await modelToKeras(model)),
  },
  readModel: ({ bytes }, options, { fromArchive }) => fromArchive(openZip(bytes!), bytes!.length, options),
  readWeights: async ({ bytes }, model) => readHdf5(await weightsIn(openZip(bytes!), model)),
};

/** The same files in a folder, as written with `zipped: false`. */
export const kerasFolder: ModelFormat = {
  recognises: ({ isFolder }) => isFolder,
  writesModel: {
    endings: ['', '.keras'],
    isAsked: ({ zipped = true }) => !zipped,
    advice: 'nothing and pass { zipped: false }, for a folder',
    write: async (model, place) => writeFolder(place, await filesOfKeras(model)),
  },
  readModel: async ({ place }, options, { fromArchive }) =>
    fromArchive(await folderArchive(place!), Number.POSITIVE_INFINITY, options),
  readWeights: async ({ place }, model) => readHdf5(await weightsIn(await folderArchive(place!), model)),
};

/** The files of a folder as those of an archive. */
async function folderArchive(place: Place): Promise<ZipArchive> {
  const files = new Map(Object.entries(await readFolder(place)));
  return {
    names: [...files.keys()],
    sizeOf: (name) => files.get(name)?.length,
    read: async (name) => files.get(name),
  };
}
