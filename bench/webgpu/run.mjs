/**
 * Times Hornbeam on a GPU beside TensorFlow.js's and jax-js's WebGPU backends, all over Dawn in Node, each in a process of its
 * own; they take turns, repetition by repetition.
 *
 *   npm run bench:webgpu -- [--small] [--only text] [--rounds 7] [--patience 120]
 *
 * `--small` is for software adapters (and the default there). Prints Markdown. DAWN_FLAGS goes to Dawn.
 */
import { execSync, fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { median, table } from '../table.mjs';

const { values } = parseArgs({
  options: {
    small: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '7' },
    patience: { type: 'string', default: '120' },
  },
});
const bench = new URL('..', import.meta.url);
if (!existsSync(new URL('node_modules/webgpu', bench)))
  execSync('npm ci --ignore-scripts --no-audit --no-fund', { cwd: bench, stdio: 'inherit' });

const { adapterName, isSoftware } = await import('./gpu.mjs');
if (!adapterName) {
  console.error('No WebGPU adapter: install the GPU’s Vulkan driver, or name one in VK_ICD_FILENAMES.');
  process.exit(1);
}
const small = values.small || isSoftware;
const { casesFor } = await import('./cases.mjs');
const engines = [
  { name: 'Hornbeam', module: 'hornbeam' },
  { name: 'TensorFlow.js', module: 'tfjs' },
  { name: 'jax-js', module: 'jax' },
];

function start(engine) {
  const child = fork(new URL('worker.mjs', import.meta.url), [engine.module, small ? 'small' : 'full'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const ask = (message, seconds) =>
    new Promise((resolve) => {
      const done = (answer) => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        resolve(answer);
      };
      const timer = setTimeout(() => done({ cannot: `not done after ${seconds} s` }), seconds * 1000);
      child.once('message', done).once('exit', (code) => done({ cannot: `the process ended (${code})` }));
      child.send(message);
    });
  return { ask, end: () => child.kill('SIGKILL') };
}

console.log(
  `${adapterName}; Node ${process.version}, ${os.cpus()[0].model}, ${os.cpus().length} cores, ${new Date().toISOString().slice(0, 16)} UTC\n`,
);
const rows = [];
const notes = [];
for (const [index, { name, flops }] of casesFor(small).entries()) {
  if (!name.includes(values.only)) continue;
  const running = new Map();
  for (const engine of engines) {
    const child = start(engine);
    const answer = await child.ask({ prepare: index }, Number(values.patience));
    if (answer.ready) running.set(engine, { child, times: [] });
    else {
      notes.push(`${name}, ${engine.name}: ${answer.cannot}`);
      child.end();
    }
  }
  for (let round = 0; round < Number(values.rounds); round++)
    for (const { child, times } of running.values()) {
      const { value, cannot } = await child.ask({}, Number(values.patience));
      if (value !== undefined) times.push(value);
      else notes.push(`${name}: ${cannot}`);
    }
  for (const { child } of running.values()) child.end();
  const middle = (engine) => {
    const times = running.get(engine)?.times ?? [];
    return times.length > 0 ? median(times) : undefined;
  };
  const own = middle(engines[0]);
  for (const engine of engines) {
    const ms = middle(engine);
    if (ms === undefined) continue;
    rows.push([
      name,
      engine.name,
      ms.toPrecision(3),
      flops ? (flops / ms / 1e6).toFixed(0) : '',
      engine !== engines[0] && own ? `${(ms / own).toFixed(2)}x` : '',
    ]);
  }
}
console.log(table(['case', 'engine', 'ms (median)', 'GFLOP/s', 'its time / Hornbeam’s'], rows));
for (const note of notes) console.log(`\n- ${note}`);
process.exit(0);
