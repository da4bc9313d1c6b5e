import { expect, test } from 'vitest';
import * as keras from '../../src/index.ts';
import { casesOf } from './cases.ts';

interface Case {
  readonly id: string;
  readonly kind: 'numpy_permutation' | 'fit_order';
  readonly seed: number;
  readonly samples: number;
  readonly batch_size: number;
  readonly model_built_before_fit: boolean;
  readonly fits: readonly { readonly epochs: number; readonly order: readonly (readonly (readonly number[])[])[] }[];
}
/** Writes down the labels of every batch. */
class Labels extends keras.metrics.Metric {
  static override readonly hostSide = true;
  readonly seen: number[][] = [];
  override async updateState(yTrue: keras.Tensor) {
    this.seen.push([...(await yTrue.data())]);
  }
  override result() {
    return 0;
  }
  override resetState() {}
}

const cases = casesOf<Case>('random/sample_order').filter(({ kind }) => kind === 'fit_order');
test('there are cases of the order of samples', () => expect(cases).toHaveLength(4));
test.each(cases.map((c) => [c.id, c] as const))('%s', async (_, c) => {
  const built = c.model_built_before_fit ? [keras.Input({ shape: [1] })] : [];
  const model = new keras.Sequential([...built, new keras.layers.Dense({ units: 1 })]);
  const labels = new Labels();
  model.compile({ optimizer: 'sgd', loss: 'mse', metrics: [labels] });
  const x = keras.ops.reshape(keras.ops.arange(c.samples, { dtype: 'float32' }), [c.samples, 1]);
  keras.utils.setRandomSeed(c.seed);
  for (const { epochs, order } of c.fits) {
    labels.seen.length = 0;
    await model.fit(x, x, { epochs, batchSize: c.batch_size, verbose: 0 });
    expect(labels.seen).toEqual(order.flat());
  }
});
