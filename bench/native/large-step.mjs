/**
 * Does a training step run that needs more memory than WebAssembly has? After `npm run build`, with 14 GB of free memory:
 *
 *   node bench/native/large-step.mjs [GiB, 12 by default]
 */
import * as keras from '../../dist/node/index.js';

const gibi = 2 ** 30;
const wanted = Number(process.argv[2] ?? 12);
await keras.config.setDevice('native');
const inputs = keras.Input({ shape: [1] });
let x = inputs;
// Each pair keeps 2048 numbers a sample for its gradient; one more is on its way.
const pairs = 10;
for (let n = 0; n < pairs; n++) {
  const wide = new keras.layers.Dense({ units: 2048, activation: 'relu' })(x);
  x = new keras.layers.Dense({ units: 1 })(wide);
}
const model = new keras.Model({ inputs, outputs: x });
model.compile({ optimizer: 'sgd', loss: 'mse' });
const samples = Math.round((wanted * gibi) / (4 * 2048 * 2 * pairs));
const ones = keras.ops.ones([samples, 1]);
const start = performance.now();
const loss = await model.trainOnBatch(ones, ones);
const seconds = ((performance.now() - start) / 1000).toFixed(1);
const scratch = (model.trainFunction.executable.scratchBytes / gibi).toFixed(2);
const peak = (process.resourceUsage().maxRSS / 2 ** 20).toFixed(2);
console.log(
  `${samples} samples: loss ${loss}, ${seconds} s, ${scratch} GiB of scratch, ${peak} GiB of memory at the most`,
);
process.exit(0);
