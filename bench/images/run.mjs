// Images a second from a folder of JPEGs to batches of 224x224: node bench/images/run.mjs FOLDER
import { readdirSync } from 'node:fs';
import * as keras from '../../dist/node/index.js';

const [folder] = process.argv.slice(2);
keras.config.disableInteractiveLogging();
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.jpg'));

/** Goes through a pipeline, a few batches first to warm up, and tells how many images came in a second, and what each cost all threads. */
async function time(name, batches, sizeOf = ([x]) => x.shape[0]) {
  let [count, from, seen, work] = [0, 0, 0, undefined];
  for await (const batch of batches) {
    if (++seen > 3) count += sizeOf(batch);
    if (seen === 3) [from, work] = [performance.now(), process.cpuUsage()];
  }
  const { user, system } = process.cpuUsage(work);
  const rate = count / ((performance.now() - from) / 1000);
  console.log(
    `${name}: ${rate.toFixed(0)} images a second, ${((user + system) / 1000 / count).toFixed(2)} ms of CPU each`,
  );
}

const open = (options) =>
  keras.utils.imageDatasetFromDirectory(folder, { imageSize: [224, 224], batchSize: 32, ...options });
const { RandomFlip, RandomRotation, RandomZoom } = keras.layers;
const augment = new keras.Sequential([
  new RandomFlip({ mode: 'horizontal', seed: 1 }),
  new RandomRotation({ factor: 0.1, seed: 2 }),
  new RandomZoom({ heightFactor: 0.2, seed: 3 }),
]);
const compiled = keras.jit((x) => augment(x, { training: true }));
const augmented = (dataset) => dataset.map((x, y) => [compiled(x), y]);

await time('decoded and resized', await open({}));
await time('and augmented', augmented(await open({})));
const sharp = await import('sharp').catch(() => undefined);
if (sharp) {
  await time('decoded by sharp', await open({ decoder: 'sharp' }));
  await time('decoded by sharp, and augmented', augmented(await open({ decoder: 'sharp' })));
  async function* alone() {
    for (let k = 0; k < files.length; k += 32)
      yield Promise.all(
        files
          .slice(k, k + 32)
          .map((name) => sharp.default(`${folder}/${name}`).resize(224, 224, { fit: 'fill' }).raw().toBuffer()),
      );
  }
  await time('sharp alone, bytes', alone(), (batch) => batch.length);
}
