import { part } from '../../base/part.ts';
import type { ModelFormat } from '../model-format.ts';
import { weightsToH5 } from './weights.ts';

const shards = () => part('saving', () => import('./shards.ts'));
const ending = '.weights.json';

/** `model.weights.json` and the weight files it lists. */
export const shardedWeights: ModelFormat = {
  recognises: ({ place }) => String(place).endsWith(ending),
  writesWeights: {
    endings: [ending],
    isAsked: ({ maxShardSize }) => maxShardSize !== undefined,
    advice: '".weights.json" and pass maxShardSize, for several files',
    write: async (model, place, { maxShardSize }) =>
      (await shards()).writeShards(model, place, await weightsToH5(model), maxShardSize!),
  },
  readWeights: async ({ place }) => (await shards()).readShards(place!),
};
