import { part } from '../base/part.ts';
import { writeFileAtomic } from '../formats/file.ts';
import type { ModelFormat } from './model-format.ts';

const safetensors = () => part('saving', () => import('./safetensors-weights.ts'));
const ending = '.safetensors';

/** Weights as arrays by name, the format of Hugging Face. */
export const safetensorsFormat: ModelFormat = {
  recognises: ({ place, bytes }) => bytes !== undefined && (String(place).endsWith(ending) || startsAsOne(bytes)),
  writesWeights: {
    endings: [ending],
    isAsked: ({ maxShardSize }) => maxShardSize === undefined,
    advice: '".safetensors"',
    write: async (model, place, options) =>
      writeFileAtomic(place, await (await safetensors()).weightsToSafetensors(model, options)),
  },
  readWeights: async ({ bytes }, model, options) => {
    if (bytes) (await safetensors()).weightsFromSafetensors(model, bytes, options);
    return undefined;
  },
};
/** Eight bytes of a length, of which the last are zero, then a JSON object. */
const startsAsOne = (bytes: Uint8Array): boolean => bytes[7] === 0 && bytes[6] === 0 && bytes[8] === 0x7b;
