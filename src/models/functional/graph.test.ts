import { expect, test } from 'vitest';
import { Input } from '../../layers/core/input-layer.ts';
import { Add, BatchNormalization } from '../../layers/index.ts';
import { Model } from '../model.ts';

// The numbers are those of Keras.
test('calls of one depth run in the order of Keras, which a shared layer shows', async () => {
  const [a, b] = [Input({ shape: [1] }), Input({ shape: [1] })];
  const movingMean = async (join: (calls: any[]) => any): Promise<unknown> => {
    const layer = new BatchNormalization({ momentum: 0.5 });
    const model = new Model({ inputs: [a, b], outputs: join([layer(a), layer(b)]) });
    model(
      [
        [[0], [2]],
        [[3], [5]],
      ] as never,
      { training: true },
    );
    return layer.movingMean.value.array();
  };
  expect(await movingMean((calls) => calls)).toEqual([1.5]);
  expect(await movingMean((calls) => new Add()(calls))).toEqual([2.25]);
});
