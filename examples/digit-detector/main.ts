/**
 * Trains a detector of handwritten digits, watches its COCO AP, keeps the best model, loads it again and draws it.
 * Run it with `npm run demo`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { loadDigits } from '../data/digits.ts';
import { DigitAveragePrecision } from './average-precision.ts';
import { DetectionLoss, detect } from './loss.ts';
import { makeDetector } from './model.ts';
import { ResidualBlock } from './residual-block.ts';
import { SaveModelHighestAP } from './save-model-highest-ap.ts';
import { makeScenes, maxDigits, type Scenes } from './scenes.ts';

const size = 64;
const batchSize = 32;
const epochs = 24;
const out = 'out/digit-detector';
const customObjects = { ResidualBlock, DetectionLoss, DigitAveragePrecision };

/** Images `[n, size, size, 1]` and packed labels `[n, digits, 5]`. */
function asTensors({ count, images, boxes, labels }: Scenes): [keras.Tensor, keras.Tensor] {
  const packed = new Float32Array(count * maxDigits * 5);
  for (let k = 0; k < count * maxDigits; k++) {
    packed.set(boxes.subarray(k * 4, k * 4 + 4), k * 5);
    packed[k * 5 + 4] = labels[k]!;
  }
  return [
    keras.tensor(images, { shape: [count, size, size, 1] }),
    keras.tensor(packed, { shape: [count, maxDigits, 5] }),
  ];
}

const started = performance.now();
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);

const digits = loadDigits();
const training = asTensors(makeScenes(digits.slice(0, 1400), { count: 1600, size, seed: 1 }));
const validation = asTensors(makeScenes(digits.slice(1400), { count: 200, size, seed: 2 }));

const model = makeDetector(size);
model.summary();
const steps = Math.ceil(training[0].shape[0]! / batchSize) * epochs;
const learningRate = new keras.optimizers.schedules.CosineDecay({
  initialLearningRate: 4e-3,
  decaySteps: steps,
  alpha: 0.02,
});
model.compile({ optimizer: new keras.optimizers.Adam({ learningRate }), loss: new DetectionLoss({ size }) });

const metric = new DigitAveragePrecision({ size });
const keepBest = new SaveModelHighestAP({
  data: validation,
  metric,
  filepath: `${out}/best.keras`,
  customObjects,
  epochsWarmUp: 3,
  skipEpochs: 1,
});
await model.fit(...training, { batchSize, epochs, callbacks: [keepBest], verbose: 2 });

const best = await keras.models.loadModel<keras.Model>(`${out}/best.keras`, { customObjects });
metric.resetState();
best.compile({ optimizer: best.optimizer!, loss: best.loss as keras.Loss, metrics: [metric] });
const results = (await best.evaluate(...validation, { batchSize: 64, verbose: 0, returnDict: true })) as Record<
  string,
  number
>;
const ap = results[metric.name]!;
if (Math.abs(ap - keepBest.best) > 1e-6)
  throw new Error(`the model loaded from best.keras has AP ${ap}, but ${keepBest.best} was measured when it was saved`);

await keras.utils.plotModel(model, { toFile: `${out}/model.png`, showShapes: true });
await keras.utils.plotModel(model, { toFile: `${out}/model.svg`, showShapes: true });
await keras.utils.plotModel(model, { toFile: `${out}/model-expanded.svg`, showShapes: true, expandLayers: true });
await drawExamples();
// Measured by the evaluation above: the metric still holds it.
const curves = metric.results();
for (const ending of ['svg', 'png'])
  await keras.visualization.plotPrecisionRecall(curves, { toFile: `${out}/precision-recall.${ending}` });

console.log(`\nAP@[.50:.95] of best.keras: ${ap.toFixed(4)} (the same as when it was saved)`);
console.log(`Pictures and model are in ${out}/. ${((performance.now() - started) / 1000).toFixed(1)} s in all.`);

/** Draws some validation scenes with true and predicted boxes. */
async function drawExamples(): Promise<void> {
  const [images, labels] = [
    keras.ops.getItem(validation[0], { slice: [0, 8] }),
    keras.ops.getItem(validation[1], { slice: [0, 8] }),
  ];
  const found = detect((await best.predict(images)) as keras.Tensor, size);
  await keras.visualization.plotBoundingBoxGallery(images, {
    boundingBoxFormat: 'xyxy',
    yTrue: {
      boxes: keras.ops.getItem(labels, ['...', { slice: [0, 4] }]),
      labels: keras.ops.getItem(labels, ['...', 4]),
    },
    yPred: found,
    valueRange: [0, 1],
    scale: 2,
    columns: 4,
    toFile: `${out}/detections.png`,
  });
}
