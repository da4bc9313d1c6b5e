/** One device in a process: loads a model, and answers each request with the milliseconds of a call. */
import * as keras from '../../dist/node/index.js';

await keras.config.setDevice(process.argv[2]);
let model;
let x;
let y;

async function load({ file, x: [kind, ...rest], y: [target, size], batch }) {
  model = await keras.models.loadModel(file);
  const words = (shape, most) =>
    Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.random() * most);
  const floats = (shape) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * Math.random() - 1);
  const isTokens = kind === 'tokens';
  const shape = isTokens ? [batch, rest[0]] : [batch, kind, ...rest];
  x = keras.tensor(isTokens ? words(shape, rest[1]) : floats(shape), { shape });
  const targets = target === 'int' ? [batch] : [batch, ...size];
  y = keras.tensor(target === 'int' ? words(targets, size) : floats(targets), { shape: targets });
}

async function time(what) {
  const start = performance.now();
  if (what === 'train') await model.trainOnBatch(x, y);
  else await (await model.predictOnBatch(x)).data();
  return performance.now() - start;
}

process.on('message', async (message) => {
  if (message.file) process.send((await load(message)) ?? {});
  else process.send(await time(message.what));
});
