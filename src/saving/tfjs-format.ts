import { part } from '../base/part.ts';
import type { ModelFormat } from './model-format.ts';

const reader = () => part('saving', () => import('./tfjs/read-tfjs.ts'));

/** `model.json` of TensorFlow.js and the weights beside it: a layers model to be read. */
export const tfjsFormat: ModelFormat = {
  recognises: ({ entries, bytes }) =>
    entries
      ? entries.includes('model.json') && !entries.includes('config.json')
      : /^\s*{[\s\S]*"(modelTopology|weightsManifest)"/.test(
          new TextDecoder('latin1').decode(bytes?.subarray(0, 65_536)),
        ),
  readModel: async (file, options) => (await reader()).readTfjs(file, options),
  readWeights: async (file, model) => {
    await (await reader()).readTfjsWeights(file, model);
    return undefined;
  },
};
