/**
 * Learns without labels which handwritten digits are alike, then to read them from three labels of each.
 * Run it with `npm run example contrastive`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { layers, ops } from 'hornbeam';
import { loadData } from '../data/load-data.ts';
import { ContrastiveModel, makeClassifier, makeEncoder } from './model.ts';
import { neighbours } from './neighbours.ts';

const out = 'out/contrastive';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const [[unlabeled, hidden], [xTest, yTest]] = loadData();
const labels = Array.from(await hidden.data(), Number);
/** The first three images of each digit: only of these are the labels used. */
const few = labels.flatMap((digit, n) => (labels.slice(0, n).filter((other) => other === digit).length < 3 ? [n] : []));
const [xLabeled, yLabeled] = [ops.take(unlabeled, few, { axis: 0 }), ops.take(hidden, few, { axis: 0 })];

const [count] = unlabeled.shape as [number];
const batchSize = 226;
/** All images in a new order each round, batch by batch, each with a batch of labelled images. */
function* batches(): Generator<[[keras.Tensor, keras.Tensor], keras.Tensor]> {
  const order = keras.random.shuffle(ops.arange(count));
  for (let k = 0; k + batchSize <= count; k += batchSize)
    yield [[ops.take(unlabeled, order.slice({ slice: [k, k + batchSize] }), { axis: 0 }), xLabeled], yLabeled];
}

async function accuracyOf(model: keras.Model): Promise<string> {
  const { accuracy } = await model.evaluate(xTest, yTest, { batchSize: 512, verbose: 0, returnDict: true });
  return `${(100 * accuracy!).toFixed(1)}%`;
}
const compile = (model: keras.Model): void =>
  model.compile({
    optimizer: 'adam',
    loss: new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true }),
    metrics: ['accuracy'],
  });

// From scratch, with the labels alone.
const baseline = makeClassifier(makeEncoder(), new layers.Dense({ units: 10 }));
compile(baseline);
await baseline.fit(xLabeled, yLabeled, { epochs: 300, batchSize: few.length, verbose: 0 });

// With all images, and a probe that sees the labels.
const model = new ContrastiveModel();
model.compile({
  contrastiveOptimizer: new keras.optimizers.Adam({ learningRate: 2e-3 }),
  probeOptimizer: new keras.optimizers.Adam({ learningRate: 1e-2 }),
});
await model.fit(batches, {
  epochs: 100,
  verbose: 2,
  validationData: [xTest, yTest],
  validationBatchSize: 512,
  validationFreq: 10,
});
await neighbours(model.encoder, { images: xTest, labels: yTest, toFile: `${out}/neighbours.png` });

// The trained encoder, fine-tuned with the labels.
const finetuned = makeClassifier(model.encoder, model.linearProbe);
compile(finetuned);
const probed = await accuracyOf(finetuned);
await finetuned.fit(xLabeled, yLabeled, { epochs: 100, batchSize: few.length, verbose: 0 });

console.log(
  `Of unseen digits are read, with ${few.length} labels: ${await accuracyOf(baseline)} by a network trained from scratch,`,
);
console.log(
  `${probed} by a linear probe of what was learnt without labels, ${await accuracyOf(finetuned)} when that is trained on.`,
);
console.log(`The picture is ${out}/neighbours.png.`);
