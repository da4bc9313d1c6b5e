/**
 * Trains one classifier with whole batches and one with the gradients of small batches added up, and compares them.
 * Run it with `npm run example gradient-accumulation`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { loadData } from '../data/load-data.ts';
import { accumulated, accuracyOf, distance, makeClassifier, train, wholeBatches } from './training.ts';

const out = 'out/gradient-accumulation';
mkdirSync(out, { recursive: true });
const [training, test] = loadData();
const [batchSize, parts, epochs] = [128, 16, 24];

const made = () => {
  keras.utils.setRandomSeed(7);
  return makeClassifier();
};
const [whole, small] = [wholeBatches(made()), accumulated(made(), parts)];
const batch = training.map((t) => ops.getItem(t, { slice: [0, batchSize] })) as [keras.Tensor, keras.Tensor];
const bytes = [whole.scratchBytes(...batch), small.scratchBytes(...batch)];

const first = await train(whole, training, { batchSize, epochs });
const second = await train(small, training, { batchSize, epochs });

const apart = first.map((loss, k) => Math.abs(loss - second[k]!));
await keras.visualization.plotLines(
  [
    { y: first, name: `batches of ${batchSize}`, color: '#efb118' },
    { y: second, name: `${parts} times ${batchSize / parts}`, color: '#4269d0', style: 'dashed' },
  ],
  { xLabel: 'Step', yLabel: 'Loss', yScale: 'log', toFile: `${out}/losses.png` },
);
console.log(`Scratch memory of a step: ${bytes.map((n) => `${(n / 1e6).toFixed(2)} MB`).join(' at once, ')} in parts`);
console.log(`Largest difference of losses: ${Math.max(...apart).toExponential(1)}`);
console.log(`Largest difference of weights: ${(await distance(whole.model, small.model)).toExponential(1)}`);
console.log(`Accuracy: ${await accuracyOf(whole.model, test)} and ${await accuracyOf(small.model, test)}`);
