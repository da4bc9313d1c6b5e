import * as keras from '../src/index.ts';

// A process that trains and predicts on the device that it is told, and says what it got and what it read and wrote.

const [device] = process.argv.slice(2) as [string];
const fs = process.getBuiltinModule('node:fs');
const { openSync, renameSync } = fs;
let [read, written] = [0, 0];
fs.openSync = (path, ...rest) => {
  const file = openSync(path, ...rest);
  if (String(path).endsWith('.program')) read++;
  return file;
};
fs.renameSync = (from, to) => {
  renameSync(from, to);
  if (String(to).endsWith('.program')) written++;
};

await keras.config.setDevice(device);
keras.utils.setRandomSeed(7);
const model = new keras.Sequential([
  keras.Input({ shape: [8, 8, 3] }),
  new keras.layers.Conv2D({ filters: 8, kernelSize: 3, activation: 'relu', name: process.argv[3]! }),
  new keras.layers.Flatten(),
  new keras.layers.Dense({ units: 10, activation: 'softmax' }),
]);
model.compile({ optimizer: 'adam', loss: 'SparseCategoricalCrossentropy', metrics: ['accuracy'] });
const x = keras.random.normal([32, 8, 8, 3]);
const y = keras.ops.arange(32, { dtype: 'int32' });
const history = await model.fit(x, keras.ops.mod(y, 10), { epochs: 2, batchSize: 16, verbose: 0 });
const { kernels } = model.trainFunction!.executable!;
console.log(
  JSON.stringify({
    loss: history.history['loss'],
    weights: await Promise.all(model.getWeights().map(async (w) => [...(await w.data())])),
    // Of float64, whose functions machine code calls by their addresses.
    sums: [...(await keras.ops.erfinv(keras.ops.cast(keras.ops.linspace(-0.9, 0.9, { num: 7 }), 'float64')).data())],
    powers: [...(await keras.ops.exp(keras.ops.cast(keras.ops.linspace(-1, 1, { num: 7 }), 'float64')).data())],
    layers: kernels.flatMap(({ scopes }) => scopes.map(({ path }) => path)),
    // What came before made programs of its own.
    read,
    written,
  }),
);
