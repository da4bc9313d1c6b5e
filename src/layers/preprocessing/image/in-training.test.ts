import { expect, test } from 'vitest';
import { GlorotUniform } from '../../../initializers/index.ts';
import { SparseCategoricalCrossentropy } from '../../../losses/index.ts';
import { Sequential } from '../../../models/index.ts';
import { arange, divide, mod, reshape } from '../../../ops/index.ts';
import { SGD } from '../../../optimizers/index.ts';
import { Conv2D } from '../../convolutional/conv2d.ts';
import { Dense } from '../../core/dense.ts';
import { Input } from '../../core/input-layer.ts';
import { GlobalAveragePooling2D } from '../../pooling/global-average-pooling2d.ts';
import { Rescaling } from '../rescaling.ts';
import { RandomContrast, RandomFlip, RandomRotation, RandomTranslation, RandomZoom } from './index.ts';

test.each([false, true])('a model that changes its images trains as in Keras, op by op: %s', async (runEagerly) => {
  const seeded = (seed: number) => ({ kernelInitializer: new GlorotUniform({ seed }) });
  const model = new Sequential([
    Input({ shape: [8, 8, 3] }),
    new RandomFlip({ mode: 'horizontal', seed: 1 }),
    new RandomRotation({ factor: 0.2, seed: 2 }),
    new RandomZoom({ heightFactor: 0.3, seed: 3 }),
    new RandomTranslation({ heightFactor: 0.2, widthFactor: 0.2, seed: 4 }),
    new RandomContrast({ factor: 0.4, seed: 5 }),
    new Rescaling({ scale: 2, offset: -1 }),
    new Conv2D({ filters: 4, kernelSize: 3, activation: 'relu', ...seeded(6) }),
    new GlobalAveragePooling2D(),
    new Dense({ units: 3, ...seeded(7) }),
  ]);
  const loss = new SparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: new SGD({ learningRate: 0.5 }), loss, runEagerly });
  const x = divide(mod(reshape(arange(4 * 8 * 8 * 3, { dtype: 'float32' }), [4, 8, 8, 3]), 17), 17);
  const y = [0, 1, 2, 1];
  const { history } = await model.fit(x, y, { batchSize: 2, epochs: 3, shuffle: false, verbose: 0 });
  // Keras 3.15.1 on JAX.
  const expected = [1.1389425, 1.0787424, 1.0968378];
  expected.forEach((value, epoch) => expect(history['loss']![epoch]).toBeCloseTo(value, 5));
  expect(await model.evaluate(x, y, { verbose: 0 })).toBeCloseTo(1.0371231, 5);
});
