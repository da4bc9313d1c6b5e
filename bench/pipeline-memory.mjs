// How much memory does training on 20 GB of images take that a pipeline makes? `npm run build`, then `node bench/pipeline-memory.mjs [map] [COUNT]`;
// map: a function behind the batches, whose results somebody may hold.
import * as keras from '../dist/node/index.js';

const { data, layers, ops } = keras;
const isMapped = process.argv[2] === 'map';
const [count, size] = [Number(process.argv[isMapped ? 3 : 2] ?? 33_217), 224];
const images = data.Dataset.fromGenerator(function* () {
  for (let k = 0; k < count; k++) yield [new Float32Array(size * size * 3).fill(k % 7), 0];
});
const together = images.shuffle(64).batch(16);
const batches = (isMapped ? together.map((x, y) => [ops.multiply(x, 2), y]) : together).prefetch(2);
const model = new keras.Sequential([
  keras.Input({ shape: [size * size * 3] }),
  new layers.Reshape({ targetShape: [size, size, 3] }),
  new layers.Rescaling({ scale: 1 / 255 }),
  new layers.GlobalAveragePooling2D(),
  new layers.Dense({ units: 1 }),
]);
model.compile({ loss: 'mse' });

let most = 0;
const onTrainBatchEnd = () => {
  most = Math.max(most, process.memoryUsage().rss);
};
const began = performance.now();
await model.fit(batches, undefined, {
  verbose: 0,
  callbacks: [new keras.callbacks.LambdaCallback({ onTrainBatchEnd })],
});
console.log({
  gigabytes: (count * size * size * 3 * 4) / 1e9,
  mostMegabytes: Math.round(most / 1e6),
  seconds: Math.round((performance.now() - began) / 1000),
});
