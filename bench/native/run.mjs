/**
 * How long are a training step and a prediction of models that Keras saved? After `npm run build`:
 *
 *   python bench/native/save.py FOLDER_OF_MODELS_PY FOLDER           # with Keras: once
 *   node bench/native/run.mjs FOLDER [--models mlp,resnet50] [--seconds 4] [--devices wasm,native]
 *
 * Each device has a process of its own. They take turns, call by call, so that a noisy machine is equally noisy to all.
 */
import { fork } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, table } from '../table.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    models: { type: 'string', default: '' },
    seconds: { type: 'string', default: '4' },
    devices: { type: 'string', default: 'wasm,native' },
  },
});
const folder = positionals[0];
const saved = readdirSync(folder)
  .filter((file) => file.endsWith('.keras'))
  .map((file) => file.slice(0, -6));
const names = values.models ? values.models.split(',') : saved;
const devices = values.devices.split(',');

const start = (device) => {
  const child = fork(new URL('worker.mjs', import.meta.url), [device], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ask = (message) =>
    new Promise((resolve, reject) => {
      child.once('message', resolve).once('exit', () => reject(new Error(`${device} ended`)));
      child.send(message);
    }).finally(() => child.removeAllListeners('message').removeAllListeners('exit'));
  return { ask, end: () => child.kill() };
};

const rows = [];
for (const name of names) {
  const data = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const processes = devices.map(start);
  for (const { ask } of processes) await ask({ file: join(folder, `${name}.keras`), ...data });
  const times = {};
  for (const what of ['train', 'predict']) {
    times[what] = devices.map(() => []);
    for (const { ask } of processes) for (let n = 0; n < 3; n++) await ask({ what });
    const until = performance.now() + 1000 * values.seconds * devices.length;
    while (performance.now() < until || times[what][0].length < 5)
      for (const [k, { ask }] of processes.entries()) times[what][k].push(await ask({ what }));
  }
  for (const { end } of processes) end();
  const middles = devices.map((_, k) => ['train', 'predict'].map((what) => median(times[what][k])));
  const ratios = [0, 1].map((what) => (devices.length === 2 ? (middles[0][what] / middles[1][what]).toFixed(2) : ''));
  const shown = middles.map((pair) => pair.map((ms) => ms.toPrecision(3)).join(' / '));
  rows.push([`${name} (${data.batch})`, ...shown, ratios.join(' / '), loadavg()[0].toFixed(1)]);
}
console.log(
  table(['model (batch), ms of trainOnBatch / predictOnBatch', ...devices, devices.join(' / '), 'load'], rows),
);
