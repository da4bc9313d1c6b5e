import { expect, test } from 'vitest';
import * as keras from '../index.ts';

test('a step on a batch looks for the metrics of a model twice: to begin them anew, and to show them', async () => {
  let looks = 0;
  class Counting extends keras.Model {
    override get metrics() {
      looks++;
      return super.metrics;
    }
  }
  const inputs = keras.Input({ shape: [2] });
  const model = new Counting({ inputs, outputs: new keras.layers.Dense({ units: 1 })(inputs) });
  model.compile({ loss: 'mean_squared_error', metrics: ['mean_absolute_error'] });
  const x = keras.ops.ones([4, 2]);
  for (const onBatch of [model.trainOnBatch, model.testOnBatch]) {
    const first = await onBatch.call(model, x, x);
    expect(first).toHaveLength(2);
    looks = 0;
    await onBatch.call(model, x, x);
    expect(looks).toBe(2);
  }
});
