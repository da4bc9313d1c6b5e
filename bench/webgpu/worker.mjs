/** One engine in a process: gets ready for a case, and answers each request with the milliseconds of a call. */
import { idle } from './gpu.mjs';

const [name, small] = process.argv.slice(2);
const { casesFor } = await import('./cases.mjs');
const cases = casesFor(small === 'small');
/** A repetition lasts about this many milliseconds. */
const repetition = 200;
let engine;
let flush;
let run;
let calls = 1;

/** Milliseconds of a call, averaged over `count` of them, until the GPU is idle again. */
async function time(count) {
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    const waiting = run();
    if (waiting) await waiting;
  }
  flush?.();
  await idle();
  return (performance.now() - start) / count;
}

async function prepare(index) {
  if (!engine) ({ engine, flush } = await import(`./engines/${name}.mjs`));
  const make = cases[index][name];
  if (typeof make !== 'function') return { cannot: make };
  run = await make(engine);
  let last = await time(1);
  for (let spent = last; spent < 600 && last < 3000; spent += last) last = await time(1);
  calls = Math.max(1, Math.min(1000, Math.round(repetition / last)));
  return { ready: true };
}

process.on('message', async (message) => {
  let answer;
  try {
    answer = message.prepare === undefined ? { value: await time(calls) } : await prepare(message.prepare);
  } catch (error) {
    answer = { cannot: String(error?.message ?? error).split('\n')[0] };
  }
  process.send(answer);
});
