import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import * as keras from '../../index.ts';

const { layers } = keras;
interface Told {
  readonly w: number[][];
  readonly x: number[][];
  readonly y: number[][][];
  readonly losses: number[];
  /** The first elements of each weight after training. */
  readonly after: Readonly<Record<string, number[]>>;
  readonly predicted: number[];
}
const data = new URL('../../../test/data/quantization/float8.json.gz', import.meta.url);
const told = JSON.parse(gunzipSync(readFileSync(data)).toString()) as {
  plain: Told;
  accumulated: Told;
  scaled: Told;
  file: string;
};
function network(): keras.Model {
  return new keras.Sequential(
    [
      keras.Input({ shape: [4], name: 'x' }),
      new layers.Dense({ units: 5, activation: 'tanh', name: 'a' }),
      new layers.Reshape({ targetShape: [1, 5] }),
      new layers.EinsumDense({ equation: 'abc,cd->abd', outputShape: [null, 3], biasAxes: 'd', name: 'b' }),
    ],
    { name: 'f8' },
  );
}
const close = (found: readonly number[], wanted: readonly number[], what: string): void =>
  found.forEach((v, k) => void expect(Math.abs(v - wanted[k]!), what).toBeLessThan(1e-5 * (1 + Math.abs(wanted[k]!))));
const numbersOf = async (t: keras.Tensor): Promise<number[]> => Array.from(await t.data(), Number);

it.each(['plain', 'accumulated', 'scaled'] as const)('trains in 8-bit floats as Keras does, %s', async (kind) => {
  const { w, x, y, losses, after, predicted } = told[kind];
  for (const runEagerly of kind === 'plain' ? [false, true] : [false]) {
    const model = network();
    model.setWeights(w.map((each) => keras.tensor(each)));
    model.quantize('float8');
    const gradientAccumulationSteps = kind === 'accumulated' ? 2 : null;
    const inner = new keras.optimizers.SGD({ learningRate: 0.1, gradientAccumulationSteps });
    const scaling = { innerOptimizer: inner, initialScale: 64, dynamicGrowthSteps: 2 };
    const optimizer = kind === 'scaled' ? new keras.optimizers.LossScaleOptimizer(scaling) : inner;
    model.compile({ optimizer, loss: 'mse', runEagerly });
    for (const loss of losses) {
      const found = await model.trainOnBatch(keras.tensor(x), keras.tensor(y));
      close([Number(found)], [loss], 'loss');
    }
    for (const v of model.weights) {
      const wanted = after[v.path];
      if (!wanted) expect.fail(`Keras has no ${v.path}`);
      close((await numbersOf(v.value)).slice(0, 8), wanted, v.path);
    }
    expect(model.weights.length).toBe(Object.keys(after).length);
    close(await numbersOf(model(keras.tensor(x)) as keras.Tensor), predicted, 'prediction');
    const again = await keras.models.loadModel<keras.Model>(await keras.saving.modelToKeras(model));
    close(await numbersOf(again(keras.tensor(x)) as keras.Tensor), predicted, 'loaded');
  }
});

it('reads the file of a model in 8-bit floats that Keras wrote', async () => {
  const model = await keras.models.loadModel<keras.Model>(new Uint8Array(Buffer.from(told.file, 'base64')));
  close(await numbersOf(model(keras.tensor(told.plain.x)) as keras.Tensor), told.plain.predicted, 'prediction');
  for (const v of model.weights) close((await numbersOf(v.value)).slice(0, 8), told.plain.after[v.path]!, v.path);
});
