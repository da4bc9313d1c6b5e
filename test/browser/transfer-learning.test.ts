import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OutputOptions, rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { browserBundle } from '../../scripts/bundle.ts';
import { isolation } from '../../scripts/serve.ts';
import * as keras from '../../src/index.ts';
import { executablePath, Pages } from './pages.ts';

const html = `<!doctype html>
<link rel="icon" href="data:,">
<script type="module">
  import * as keras from './index.js';
  import * as applications from './applications.js';
  Object.assign(globalThis, { keras, applications });
</script>`;

/** What transfer learning comes to, in numbers. */
interface Learnt {
  /** Losses of a new head on the frozen base, on features computed once, and of fine-tuning. */
  readonly frozen: number[];
  readonly onFeatures: number[];
  readonly tuned: number[];
  /** How far kernels and moving statistics of the base went with the head alone, and in fine-tuning. */
  readonly moved: number[];
  readonly predictions: number[];
}

/**
 * A base whose weights come from a file, `preprocessInput` in the model, a new head; features once; the last layers trained on, while
 * batch normalisation stays in inference. It runs in Node and in a page.
 */
async function transfer(
  library: typeof keras,
  { MobileNet, mobilenet }: typeof keras.applications,
  weights: string,
): Promise<Learnt> {
  const { layers, ops } = library;
  library.utils.setRandomSeed(5);
  const images = ops.multiply(255, library.random.uniform([24, 32, 32, 3], { seed: 1 }));
  const labels = ops.cast(ops.greater(ops.mean(images, { axis: [1, 2, 3] }), 127.5), 'int32');
  const base = await MobileNet({ weights, alpha: 0.25, inputShape: [32, 32, 3], includeTop: false, pooling: 'avg' });
  base.trainable = false;
  const inputs = library.Input({ shape: [32, 32, 3] });
  const head = new layers.Dense({ units: 2, activation: 'softmax', kernelInitializer: 'zeros' });
  const model = new library.Model({
    inputs,
    outputs: head(base(mobilenet.preprocessInput(inputs), { training: false })),
  });
  const loss = 'sparse_categorical_crossentropy';
  const options = { batchSize: 8, epochs: 3, shuffle: false, verbose: 0 } as const;
  const lossesOf = (history: keras.callbacks.History): number[] => history.history['loss'] as number[];
  const before = base.getWeights();
  const distance = async (which: RegExp): Promise<number> => {
    const changes = base.weights.flatMap((v, k) =>
      which.test(v.path) ? [ops.max(ops.abs(ops.subtract(v.value, before[k]!)))] : [],
    );
    return Math.max(...(await Promise.all(changes.map((change) => change.item()))));
  };

  model.compile({ optimizer: new library.optimizers.Adam({ learningRate: 0.05 }), loss });
  const frozen = lossesOf(await model.fit(images, labels, options));
  const moved = [await distance(/./)];

  const features = await base.predict(mobilenet.preprocessInput(images), { verbose: 0 });
  const alone = new library.Sequential([
    library.Input({ shape: [features.shape[1]!] }),
    new layers.Dense({ units: 2, activation: 'softmax', kernelInitializer: 'zeros' }),
  ]);
  alone.compile({ optimizer: new library.optimizers.Adam({ learningRate: 0.05 }), loss });
  const onFeatures = lossesOf(await alone.fit(features, labels, options));

  base.trainable = true;
  const from = base.layers.findIndex((layer) => layer.name === 'conv_dw_13');
  for (const [k, layer] of base.layers.entries()) layer.trainable = k >= from;
  model.compile({ optimizer: new library.optimizers.Adam({ learningRate: 1e-3 }), loss });
  const tuned = lossesOf(await model.fit(images, labels, options));
  moved.push(
    await distance(/conv_dw_13|conv_pw_13\//),
    await distance(/conv_dw_1\/|conv_pw_12\//),
    await distance(/moving/),
  );
  const predictions = await (await model.predict(images, { verbose: 0 })).data();
  return { frozen, onFeatures, tuned, moved, predictions: Array.from(predictions, Number) };
}

it.skipIf(!executablePath)('a page learns on a base of others as Node does', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hornbeam-transfer-'));
  const pages = new Pages();
  try {
    const { output, ...options } = browserBundle({ index: 'src/index.ts' }, folder);
    await (await rolldown(options)).write(output as OutputOptions);
    await writeFile(join(folder, 'index.html'), html);
    keras.utils.setRandomSeed(3);
    const small = { weights: null, alpha: 0.25, inputShape: [32, 32, 3], includeTop: false } as const;
    await keras.applications.MobileNet(small).saveWeights(join(folder, 'base.weights.h5'));
    const here = await transfer(keras, keras.applications, join(folder, 'base.weights.h5'));

    await pages.start();
    const { page, said } = await pages.open(folder, isolation);
    const code = `(${transfer.toString()})(keras, applications, new URL('base.weights.h5', location.href).href)`;
    const found = (await page.evaluate(code)) as Learnt;
    expect(said).toEqual([]);

    const { frozen, onFeatures, tuned, moved } = here;
    expect(frozen.at(-1)).toBeLessThan(frozen[0]!);
    expect(tuned.at(-1)).toBeLessThan(frozen.at(-1)!);
    onFeatures.forEach((loss, k) => expect(loss).toBeCloseTo(frozen[k]!, 4));
    const [withHead, ofLast, ofOthers, ofStatistics] = moved;
    expect([withHead, ofOthers, ofStatistics]).toEqual([0, 0, 0]);
    expect(ofLast).toBeGreaterThan(0);
    for (const key of ['frozen', 'onFeatures', 'tuned', 'moved', 'predictions'] as const)
      found[key].forEach((value, k) => expect(value, `${key} ${k}`).toBeCloseTo(here[key][k]!, 4));
  } finally {
    await pages.close();
    await rm(folder, { recursive: true, force: true });
  }
});
