import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import { part } from '../base/part.ts';
import { readIdx } from '../formats/idx.ts';
import { type Tensor, tensor } from '../tensor/index.ts';
import { bytesFor, type SourceOptions, type Split, sourceOptions } from './source.ts';

/** Where the images come from; `path` is a folder with the four files. */
export interface FashionMnistOptions extends SourceOptions {}

const who = 'datasets.fashionMnist';

/**
 * Pictures of clothes by Zalando (MIT): 60,000 images `[n, 28, 28]` with their classes `[n]` to train on and 10,000 to test with,
 * all uint8: `[[xTrain, yTrain], [xTest, yTest]]`. Classes: T-shirt or top, trouser, pullover, dress, coat, sandal, shirt, sneaker,
 * bag, ankle boot.
 * @see https://keras.io/api/datasets/fashion_mnist/
 */
export const loadData = exact(
  'datasets.fashionMnist.loadData',
  1,
  async function loadData(options: FashionMnistOptions = {}): Promise<Split> {
    const { path, mirror } = optionsOf(who, sourceOptions, options);
    const load = async (name: string): Promise<Tensor> => {
      const file = { file: name, cacheSubdir: 'datasets/fashion-mnist' };
      const own = path === undefined ? {} : { path: `${path}/${name}` };
      const bytes = await bytesFor(who, file, { ...own, ...(mirror !== undefined && { mirror }) });
      const { gunzipSync } = await part('zip', () => import('fflate'));
      const { shape, data } = readIdx(gunzipSync(bytes));
      return tensor(data, { shape });
    };
    const parts = ['train', 't10k'].map(
      async (name) => [await load(`${name}-images-idx3-ubyte.gz`), await load(`${name}-labels-idx1-ubyte.gz`)] as const,
    );
    const [train, test] = await Promise.all(parts);
    return [train, test];
  },
);
