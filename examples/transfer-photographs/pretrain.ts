import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { compile, makeAugmenter, makeClassifier, makeHead } from './model.ts';

/**
 * Lets a base learn of photographs without labels: each is a class of its own, and a piece of it, in somewhat other colours, is to be
 * recognised (Dosovitskiy et al., 2014). What the base needs for that, edges, textures and their colours, serves for other photographs too.
 */
export async function pretrain(base: keras.Model, photographs: keras.Tensor, epochs: number): Promise<void> {
  const [count] = photographs.shape as [number];
  const repeats = 4;
  const x = ops.tile(photographs, [repeats, 1, 1, 1]);
  const y = ops.tile(ops.arange(count), [repeats]);
  const batchSize = 32;
  const model = makeClassifier(base, makeHead(base, count), { augmenter: makeAugmenter({ zoom: 0.6, shift: 0.25 }) });
  compile(model, 3e-3, epochs * Math.ceil((repeats * count) / batchSize));
  await model.fit(x, y, { epochs, batchSize, verbose: 2 });
}
