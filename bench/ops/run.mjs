/**
 * How fast are sorting, cumulative ops, einsum, FFT, linear algebra, reductions and gathers beside jax-js? Each engine has a
 * process of its own; the processes take turns, repetition by repetition.
 *
 *   npm run build && node bench/ops/run.mjs [--only text] [--rounds 7] [--patience 30]
 *
 * An engine that needs more than `--patience` seconds to get ready for a case is left out of it. Prints Markdown: milliseconds
 * as median (minimum to maximum).
 */
import { fork } from 'node:child_process';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { median, table } from '../table.mjs';
import { cases } from './cases.mjs';

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '7' },
    patience: { type: 'string', default: '30' },
  },
});
const engines = [
  { name: 'Hornbeam, 1 thread', module: 'hornbeam', env: { HORNBEAM_THREADS: '1' } },
  { name: 'Hornbeam, 2 threads', module: 'hornbeam', env: { HORNBEAM_THREADS: '2' } },
  { name: 'jax-js', module: 'jax', env: {} },
];

const processes = new Map();
function ask(engine, message) {
  if (!processes.has(engine)) {
    const file = new URL('worker.mjs', import.meta.url);
    processes.set(engine, fork(file, [engine.module], { env: { ...process.env, ...engine.env } }));
  }
  const child = processes.get(engine);
  return new Promise((resolve) => {
    const done = (answer) => {
      clearTimeout(timer);
      child.removeAllListeners('message').removeAllListeners('exit');
      if (answer.late || answer.ended) {
        child.kill('SIGKILL');
        processes.delete(engine);
      }
      resolve(answer);
    };
    const timer = setTimeout(() => done({ late: true }), Number(values.patience) * 1000);
    child.once('message', done).once('exit', () => done({ ended: true }));
    child.send(message);
  });
}

console.log(`Node ${process.version}, ${os.cpus()[0].model}, ${os.cpus().length} cores\n`);
const notes = [];
const rows = [];
for (const [index, { name }] of cases.entries()) {
  if (!name.includes(values.only)) continue;
  const times = new Map();
  for (const engine of engines) {
    const answer = await ask(engine, { prepare: index });
    if (answer.ready) times.set(engine, []);
    else
      notes.push(`${engine.name}, ${name}: ${answer.cannot ?? (answer.late ? 'not ready in time' : 'process ended')}.`);
  }
  for (let round = 0; round < Number(values.rounds); round++)
    for (const [engine, list] of times) {
      const answer = await ask(engine, { repeat: true });
      if (answer.value !== undefined) list.push(answer.value);
    }
  const entry = (list) =>
    list?.length
      ? `${median(list).toPrecision(3)} (${Math.min(...list).toPrecision(3)} to ${Math.max(...list).toPrecision(3)})`
      : '';
  const lists = engines.map((engine) => times.get(engine));
  const ratio = (k) => (lists[2]?.length && lists[k]?.length ? (median(lists[2]) / median(lists[k])).toFixed(2) : '');
  rows.push([name, ...lists.map(entry), ratio(0), ratio(1)]);
  console.error(rows.at(-1).join(' | '));
}
console.log(table(['milliseconds', ...engines.map((e) => e.name), 'jax-js / 1 thread', 'jax-js / 2 threads'], rows));
for (const note of notes) console.log(`\n- ${note}`);
for (const child of processes.values()) child.kill('SIGKILL');
