/** One engine in a process: gets ready for a case, and answers each request with the milliseconds of a call. */
import { cases } from './cases.mjs';

const [name] = process.argv.slice(2);
const engine = await import(name === 'hornbeam' ? '../../dist/index.js' : '@jax-js/jax');
if (name === 'jax') {
  await engine.init('wasm');
  engine.defaultDevice('wasm');
}
const repetition = 100;
let run;
let calls = 1;

/** A compiled call that waits for its result and drops it. */
function callOf({ inputs, ...make }) {
  if (name === 'hornbeam') {
    const tensors = inputs.map(([values, shape]) => engine.tensor(values, { shape }));
    const f = engine.jit(make.hornbeam(engine));
    return () => f(...tensors).dispose();
  }
  const arrays = inputs.map(([values, shape]) => engine.numpy.array(values).reshape(shape));
  const f = make.eager ? make.jax(engine) : engine.jit(make.jax(engine));
  return async () => (await f(...arrays.map((x) => x.ref)).blockUntilReady()).dispose();
}

async function time(count) {
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    const waiting = run();
    if (waiting) await waiting;
  }
  return (performance.now() - start) / count;
}

async function answerTo(message) {
  if (message.repeat) return { value: await time(calls) };
  const found = cases[message.prepare];
  if (typeof found[name] !== 'function') return { cannot: 'has no such function' };
  run = callOf(found);
  let last = await time(1);
  for (let spent = last; spent < 300; spent += last) last = await time(1);
  calls = Math.max(1, Math.round(repetition / last));
  return { ready: true };
}
process.on('message', async (message) => {
  process.send(await answerTo(message).catch((error) => ({ cannot: String(error?.message ?? error).split('\n')[0] })));
});
