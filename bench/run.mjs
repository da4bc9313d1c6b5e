/**
 * Times Hornbeam (on one thread, and on two) beside TensorFlow.js and jax-js, each in a process of its own; the processes
 * take turns, repetition by repetition, so that a noisy machine is equally noisy to all.
 *
 *   npm run bench -- [--only text] [--rounds 9] [--patience 20]
 *
 * Beside the clock's milliseconds stand those that processors worked for the engine's process, the least of all repetitions:
 * on a busy machine they are what engines of one thread can be compared by.
 *
 * `--only` chooses questions by a part of their file's name; an engine that needs more than `--patience` seconds to get
 * ready for a case is left out of it. Prints Markdown.
 */
import { execSync, fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { median, table } from './table.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '9' },
    patience: { type: 'string', default: '20' },
  },
});
const rounds = Number(values.rounds);
const patience = Number(values.patience);
/** Seconds after which a case is not repeated any more (every engine has had two turns by then). */
const longEnough = 30;

const engines = [
  { name: 'Hornbeam, 1 thread', module: 'hornbeam', env: { HORNBEAM_THREADS: '1' } },
  { name: 'Hornbeam, 2 threads', module: 'hornbeam', env: { HORNBEAM_THREADS: '2' } },
  { name: 'TensorFlow.js', module: 'tfjs', env: {} },
  { name: 'jax-js', module: 'jax', env: {} },
];

/** An engine's process, and the promise of its next answer. */
function start(engine) {
  const child = fork(new URL('worker.mjs', import.meta.url), [engine.module], {
    env: { ...process.env, ...engine.env },
  });
  const ask = (message, seconds = 600) =>
    new Promise((resolve) => {
      const done = (answer) => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        resolve(answer);
      };
      const timer = setTimeout(() => done({ late: true }), seconds * 1000);
      child.once('message', done).once('exit', (code) => done({ error: `the process ended (${code})` }));
      child.send(message);
    });
  return { ask, end: () => child.kill('SIGKILL') };
}

const processes = new Map();
const processOf = (engine) => {
  if (!processes.has(engine)) processes.set(engine, start(engine));
  return processes.get(engine);
};
const endProcess = (engine) => {
  processes.get(engine)?.end();
  processes.delete(engine);
};
const load = () => os.loadavg()[0].toFixed(1);

/** Gets every engine ready for the case, then lets them take turns. */
async function timeCase(file, index, single) {
  const times = new Map();
  const notes = [];
  for (const engine of engines) {
    const answer = await processOf(engine).ask({ prepare: { file, index } }, patience);
    if (answer.ready) times.set(engine, []);
    else {
      if (answer.late) notes.push(`${engine.name}: not ready after ${patience} s.`);
      else if (answer.error || answer.cannot) notes.push(`${engine.name}: ${answer.error ?? answer.cannot}`);
      if (answer.late || answer.error) endProcess(engine);
    }
  }
  const started = performance.now();
  for (let round = 0; round < (single ? 1 : rounds); round++) {
    if (round > 1 && performance.now() - started > longEnough * 1000) break;
    for (const [engine, list] of times) {
      const answer = await processOf(engine).ask({ repeat: true });
      if (answer.error) {
        notes.push(`${engine.name}: ${answer.error}`);
        times.delete(engine);
        endProcess(engine);
      } else list.push(answer);
    }
  }
  for (const engine of times.keys()) await processOf(engine).ask({ drop: true });
  return { times, notes };
}

if (!existsSync(new URL('node_modules', import.meta.url)))
  execSync('npm ci --ignore-scripts --no-audit --no-fund', { cwd: import.meta.dirname, stdio: 'inherit' });

const memory = (os.totalmem() / 2 ** 30).toFixed(0);
const day = new Date().toISOString().slice(0, 16).replace('T', ' ');
console.log(
  `Node ${process.version} (V8 ${process.versions.v8}), ${os.cpus()[0].model}, ${os.cpus().length} cores, ${memory} GB, ${day} UTC, load ${load()}\n`,
);
const version = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version;
console.log(
  `Hornbeam ${version('../package.json')}, TensorFlow.js ${version('node_modules/@tensorflow/tfjs/package.json')} (wasm), jax-js ${version('node_modules/@jax-js/jax/package.json')} (wasm)\n`,
);

const files = readdirSync(new URL('questions/', import.meta.url))
  .filter((file) => file.includes(values.only))
  .sort();
for (const file of files) {
  const { question, unit = 'ms', single = false, cases } = await import(`./questions/${file}`);
  console.log(`### ${question}\n`);
  for (const [index, { name, flops, bytes }] of cases.entries()) {
    const before = load();
    const { times, notes } = await timeCase(file, index, single);
    const peers = ['TensorFlow.js', 'jax-js'].map((peer) => [...times].find(([engine]) => engine.name === peer));
    const leastCpu = (list) => Math.min(...list.map((answer) => answer.cpu));
    const rows = [...times].map(([engine, answers]) => {
      const list = answers.map((answer) => answer.value);
      const middle = median(list);
      const cpu = leastCpu(answers);
      const rate = flops
        ? `${(flops / middle / 1e6).toFixed(1)} GFLOP/s`
        : bytes
          ? `${(bytes / middle / 1e6).toFixed(1)} GB/s`
          : '';
      const ratios = peers.map((peer) =>
        peer && engine.module === 'hornbeam'
          ? `${(median(peer[1].map((answer) => answer.value)) / middle).toFixed(2)}x`
          : '',
      );
      const byCpu = peers.map((peer) =>
        peer && engine.module === 'hornbeam' && cpu > 0 ? `${(leastCpu(peer[1]) / cpu).toFixed(2)}x` : '',
      );
      return [
        engine.name,
        ...[Math.min(...list), middle, Math.max(...list)].map((t) => t.toPrecision(3)),
        Number.isFinite(cpu) ? cpu.toPrecision(3) : '',
        rate,
        ...ratios,
        ...byCpu,
      ];
    });
    console.log(
      `**${name}** (load ${before} to ${load()}, ${Math.max(0, ...[...times.values()].map((t) => t.length))} repetitions)\n`,
    );
    console.log(
      table(
        [
          'engine',
          `min ${unit}`,
          'median',
          'max',
          'CPU min',
          'rate',
          'TF.js /',
          'jax-js /',
          'TF.js / by CPU',
          'jax-js / by CPU',
        ],
        rows,
      ),
    );
    for (const note of notes) console.log(`\n- ${note}`);
    console.log();
  }
}
for (const engine of [...processes.keys()]) endProcess(engine);
