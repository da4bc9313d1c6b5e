// How long does a training step wait for images from a folder? node bench/images/wait.mjs FOLDER [MODEL] [BATCH] [DEVICE] [WORKERS]
import * as keras from '../../dist/node/index.js';

const [folder, model = 'ResNet50', batch = '8', device = 'native', workers] = process.argv.slice(2);
keras.config.disableInteractiveLogging();
await keras.config.setDevice(device);
const images = await keras.utils.imageDatasetFromDirectory(folder, {
  imageSize: [224, 224],
  batchSize: Number(batch),
  seed: 1,
  ...(workers && { workers: Number(workers) }),
});
const net = keras.applications[model]({ weights: null, classes: 2 });
net.compile({ optimizer: 'sgd', loss: 'sparse_categorical_crossentropy' });

/** Steps before the clock starts, and those that are timed. */
const [first, timed] = [3, 16];
let [steps, waited, began] = [0, 0, 0];
async function* watched() {
  const batches = images.repeat()[Symbol.asyncIterator]();
  for (;;) {
    const asked = performance.now();
    const { value } = await batches.next();
    if (steps++ === first) began = asked;
    if (steps > first) waited += performance.now() - asked;
    yield value;
  }
}
await net.fit(watched(), undefined, { stepsPerEpoch: first + timed, verbose: 0 });
const all = performance.now() - began;
console.log(
  `${model}, batch ${batch}, ${device}: ${(all / timed).toFixed(0)} ms a step, of which ${(waited / timed).toFixed(1)} ms (${((100 * waited) / all).toFixed(2)}%) wait for images`,
);
