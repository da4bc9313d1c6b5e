/**
 * Trains the first blocks of a MobileNet on the digits 0 to 4, and reads 5 to 9 with what they learnt and three labels of each.
 * Run it with `npm run example transfer-learning`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { fewOfEach, loadTasks } from './data.ts';
import { compile, makeBase, makeClassifier, unfreezeFrom } from './model.ts';

const out = 'out/transfer-learning';
mkdirSync(out, { recursive: true });
keras.utils.setRandomSeed(7);
const { plenty, scarce, unseen } = await loadTasks();
const [xFew, yFew] = await fewOfEach(scarce, 3);
const accuracy = async (model: keras.Model): Promise<string> => {
  const { accuracy } = await model.evaluate(...unseen, { batchSize: 64, verbose: 0, returnDict: true });
  return `${(100 * accuracy!).toFixed(1)}%`;
};

const base = makeBase();
const first = makeClassifier(base, 5);
compile(first, 2e-3);
await first.fit(...plenty, { epochs: 12, batchSize: 32, verbose: 2 });

const scratch = makeClassifier(makeBase(), 5);
compile(scratch, 2e-3);
await scratch.fit(xFew, yFew, { epochs: 60, batchSize: 15, verbose: 0 });
console.log(`from scratch, with three labels of each: ${await accuracy(scratch)}`);

const model = makeClassifier(base, 5, { isFrozen: true });
compile(model, 1e-2);
await model.fit(xFew, yFew, { epochs: 60, batchSize: 15, verbose: 0 });
console.log(`a new head on the frozen base: ${await accuracy(model)}`);

unfreezeFrom(base, 'conv_dw_3');
compile(model, 1e-3);
await model.fit(xFew, yFew, { epochs: 60, batchSize: 15, verbose: 0 });
console.log(`its last blocks trained on: ${await accuracy(model)}`);

const some = (await fewOfEach(unseen, 2))[0];
const { visualization } = keras;
await visualization.plotGradCam(model, some, {
  layer: 'base/conv_pw_3_relu',
  labelMap: ['5', '6', '7', '8', '9'],
  columns: 5,
  scale: 1,
  toFile: `${out}/grad-cam.png`,
});
await visualization.plotActivationMaps(base, keras.applications.mobilenet.preprocessInput(some), {
  layers: ['conv1_relu', 'conv_pw_1_relu', 'conv_pw_3_relu', 'conv_pw_5_relu'],
  toFile: `${out}/activations.png`,
});
await visualization.plotFilterPatterns(base, 'conv_pw_5_bn', {
  filters: 10,
  valueRange: [-1, 1],
  steps: 60,
  columns: 5,
  toFile: `${out}/filters.png`,
});
console.log(`The pictures are in ${out}.`);
