import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { stepBothWays } from '../../test/step-both-ways.ts';
import { loadData } from '../data/load-data.ts';
import { ConditionalGAN, makeDiscriminator, makeGenerator, numClasses } from './model.ts';

const [[x, y]] = loadData();
const images = ops.getItem(x, { slice: [0, 640] });
const labels = ops.oneHot(ops.getItem(y, { slice: [0, 640] }), numClasses);

function makeGAN(options: keras.CompileOptions = {}): ConditionalGAN {
  keras.utils.setRandomSeed(3);
  const gan = new ConditionalGAN({ discriminator: makeDiscriminator(), generator: makeGenerator(8), latentDim: 8 });
  gan.compile({
    dOptimizer: new keras.optimizers.Adam({ learningRate: 2e-3, beta1: 0.5 }),
    gOptimizer: new keras.optimizers.Adam({ learningRate: 2e-3, beta1: 0.5 }),
    lossFn: new keras.losses.BinaryCrossentropy({ fromLogits: true }),
    ...options,
  });
  return gan;
}

test('a few epochs give each class images of its own, nearer to it than to the others', async () => {
  const gan = makeGAN();
  const { history } = await gan.fit(images, labels, { epochs: 24, batchSize: 64, verbose: 0 });
  expect(Object.keys(history).sort()).toEqual(['discriminator_loss', 'generator_loss']);
  const asked = Array.from({ length: 200 }, (_, k) => k % numClasses);
  const drawn = await gan.draw(asked);
  expect(drawn.shape).toEqual([200, 8, 8, 1]);
  // The mean of a class's images, and of what was drawn for it.
  const meanOf = (pictures: keras.Tensor, oneHot: keras.Tensor): keras.Tensor =>
    ops.divide(
      ops.matmul(ops.transpose(oneHot), pictures.reshape([-1, 64])),
      ops.expandDims(ops.sum(oneHot, { axis: 0 }), 1),
    );
  const [real, fake] = [meanOf(images, labels), meanOf(drawn, ops.oneHot(asked, numClasses))];
  const apart = ops.sum(ops.square(ops.subtract(fake.expandDims(1), real.expandDims(0))), { axis: -1 });
  const nearest = [...ops.argmin(apart, { axis: 1 }).dataSync()];
  expect(nearest.filter((k, digit) => Number(k) === digit).length).toBeGreaterThanOrEqual(7);
});

test('a step moves both networks, compiled as op by op', () =>
  stepBothWays(
    (runEagerly) => {
      const gan = makeGAN({ runEagerly });
      return { model: gan, moves: [gan.discriminator, gan.generator] };
    },
    images,
    labels,
  ));
