/**
 * What the first training step of a model costs in a fresh process more than a later one: tracing, gradients, compilation,
 * initial weights. After `npm run build`:
 *
 *   HORNBEAM_THREADS=1 node bench/first-step.mjs mlp wasm [path of another build's index.js]
 *
 * Models are those of `models/hornbeam.mjs`, and `resnet50` (224 pixels, batch 1). Prints milliseconds by the clock, those that the
 * main thread worked (Linux), and those of all threads. Run it ten times, builds taking turns, and compare medians.
 */
import { readFileSync } from 'node:fs';
import { batches } from './models/data.mjs';
import { prepare } from './models/hornbeam.mjs';

const [name = 'mlp', device = 'wasm', build = '../dist/node/index.js'] = process.argv.slice(2);
const keras = await import(build);
await keras.config.setDevice(device);

function resnet50() {
  const shape = [224, 224, 3];
  const model = new keras.applications.ResNet50({ weights: null, classes: 10, inputShape: shape });
  model.compile({ optimizer: new keras.optimizers.Adam(), loss: new keras.losses.SparseCategoricalCrossentropy() });
  return { model, x: keras.ops.ones([1, ...shape]), y: keras.tensor(new Int32Array(1), { shape: [1] }) };
}
const { model, x, y } = name === 'resnet50' ? resnet50() : prepare(keras, name, batches[name]());

/** Milliseconds by the clock, of the main thread, of all threads. */
function now() {
  const { user, system } = process.cpuUsage();
  const own = process.platform === 'linux' ? readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8') : 'NaN';
  return [performance.now(), Number(own.split(' ')[0]) / 1e6, (user + system) / 1000];
}
const steps = [];
for (let n = 0; n < 3; n++) {
  const before = now();
  await model.trainOnBatch(x, y);
  steps.push(now().map((t, k) => t - before[k]));
}
const [first, second, third] = steps;
const [clock, main, all] = first.map((t, k) => (t - Math.min(second[k], third[k])).toFixed(1));
console.log(JSON.stringify({ name, device, clock, main, all }));
process.exit(0);
