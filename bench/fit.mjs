/**
 * What does a step cost inside `fit`, beside `trainOnBatch` on the same batches? After `npm run build`:
 *
 *   node bench/fit.mjs [--device native] [--models tiny,mlp,resnet20] [--rounds 7] [--cpu]
 *
 * They take turns, round by round. `--cpu` counts what processors worked for the process instead of the clock: together with
 * HORNBEAM_THREADS=1 that says something on a busy machine too.
 */
import { parseArgs } from 'node:util';
import * as keras from '../dist/node/index.js';
import { build } from './models/hornbeam.mjs';
import { median, table } from './table.mjs';

const { values } = parseArgs({
  options: {
    device: { type: 'string', default: 'native' },
    models: { type: 'string', default: 'tiny,mlp,resnet20' },
    rounds: { type: 'string', default: '7' },
    cpu: { type: 'boolean', default: false },
  },
});
const cases = {
  tiny: { shape: [8], batchSize: 32, steps: 500 },
  mlp: { shape: [784], batchSize: 128, steps: 40 },
  resnet20: { shape: [32, 32, 3], batchSize: 64, steps: 8 },
};
const epochs = 5;
const now = () => {
  const { user, system } = process.cpuUsage();
  return values.cpu ? (user + system) / 1000 : performance.now();
};

await keras.config.setDevice(values.device);
const rows = [];
for (const name of values.models.split(',')) {
  const { shape, batchSize, steps } = cases[name];
  const width = shape.reduce((a, b) => a * b, 1);
  const samples = batchSize * steps;
  const x = Float32Array.from({ length: samples * width }, () => Math.random() - 0.5);
  const y = Int32Array.from({ length: samples }, () => Math.floor(10 * Math.random()));
  const model = build[name](keras);
  const loss = new keras.losses.SparseCategoricalCrossentropy({ fromLogits: true });
  model.compile({ optimizer: new keras.optimizers.Adam(), loss });
  const part = (data, from, to, of) =>
    keras.tensor(data.slice(from * of, to * of), { shape: of === 1 ? [to - from] : [to - from, ...shape] });
  const [allX, allY] = [part(x, 0, samples, width), part(y, 0, samples, 1)];
  const ways = {
    async trainOnBatch() {
      for (let epoch = 0; epoch < epochs; epoch++)
        for (let from = 0; from < samples; from += batchSize)
          await model.trainOnBatch(part(x, from, from + batchSize, width), part(y, from, from + batchSize, 1));
    },
    'in fit, shuffled': () => model.fit(allX, allY, { batchSize, epochs, verbose: 0 }),
    'in fit, as they lie': () => model.fit(allX, allY, { batchSize, epochs, verbose: 0, shuffle: false }),
  };
  const times = Object.fromEntries(Object.keys(ways).map((way) => [way, []]));
  for (let round = -1; round < Number(values.rounds); round++)
    for (const [way, run] of Object.entries(ways)) {
      const start = now();
      await run();
      if (round >= 0) times[way].push((now() - start) / steps / epochs);
    }
  for (const [way, list] of Object.entries(times))
    rows.push([name, way, ...[Math.min(...list), median(list), Math.max(...list)].map((ms) => ms.toPrecision(3))]);
}
console.log(
  table([`model on ${values.device}`, 'a step', values.cpu ? 'min CPU ms' : 'min ms', 'median', 'max'], rows),
);
process.exit(0);
