import { part } from '../../base/part.ts';
import { writeFileAtomic, writeFolder } from '../../formats/file.ts';
import type { ModelFormat } from '../model-format.ts';
import { filesOfKeras, modelToKeras } from './keras-file.ts';

/** What reads such files, loaded with the first of them. */
const reading = () => part('saving', () => import('./read-keras.ts'));

/** `model.keras`: an archive of config, weights and the version that wrote them. */
export const kerasArchive: ModelFormat = {
  recognises: ({ bytes }) => bytes?.[0] === 0x50 && bytes[1] === 0x4b,
  writesModel: {
    endings: ['.keras'],
    isAsked: ({ zipped = true }) => zipped,
    advice: '".keras"',
    write: async (model, place) => writeFileAtomic(place, await modelToKeras(model)),
  },
  readModel: async ({ bytes }, options) => (await reading()).modelFromKeras(bytes!, options),
  readWeights: async ({ bytes }, model) => (await reading()).weightsFromKeras(bytes!, model),
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
  readModel: async ({ place }, options) => (await reading()).modelFromFolder(place!, options),
  readWeights: async ({ place }, model) => (await reading()).weightsFromFolder(place!, model),
};
