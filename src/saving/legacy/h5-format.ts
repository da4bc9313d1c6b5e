import { part } from '../../base/part.ts';
import { writeFileAtomic } from '../../formats/file.ts';
import { type H5Group, readHdf5, writeHdf5 } from '../../formats/hdf5.ts';
import { weightsToH5 } from '../keras/weights.ts';
import type { ModelFormat } from '../model-format.ts';

/** The layout of whole models in one `.h5`, loaded with the first such file. */
const wholeModels = () => part('saving', () => import('./h5-model.ts'));

/** HDF5: `model.h5`, the layout of whole models up to Keras 2, and `model.weights.h5`, the weights alone. */
export const h5Format: ModelFormat = {
  recognises: ({ bytes }) => bytes?.[0] === 0x89 && bytes[1] === 0x48 && bytes[2] === 0x44,
  writesModel: {
    endings: ['.h5'],
    isAsked: ({ zipped = true }) => zipped,
    advice: '".h5" for the older layout',
    write: async (model, place) =>
      writeFileAtomic(place, await writeHdf5(await (await wholeModels()).modelToH5(model))),
  },
  readModel: async ({ bytes }, options) =>
    (await wholeModels()).modelFromH5(await readHdf5(bytes!), options, bytes!.length),
  writesWeights: {
    endings: ['.weights.h5'],
    isAsked: ({ maxShardSize }) => maxShardSize === undefined,
    advice: '".weights.h5"',
    write: async (model, place) => writeFileAtomic(place, await writeHdf5(await weightsToH5(model))),
  },
  readWeights: ({ bytes }) => readHdf5(bytes!),
};

/** Whether an HDF5 file is of the legacy layout: a whole model, or weights by layer. */
export const isLegacy = (file: H5Group): boolean =>
  ['model_config', 'layer_names', 'layer_names0'].some((name) => name in file.attributes);
