/** One engine in a process: gets ready for a case, and answers each request with the milliseconds of a call. */
const [name] = process.argv.slice(2);
const { engine } = await import(`./engines/${name}.mjs`);

/** A repetition lasts about this many milliseconds. */
const repetition = 120;
let run;
let calls = 1;
let measure = false;

/** Milliseconds of a call, averaged over `count` of them. */
async function time(count) {
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    const waiting = run();
    if (waiting) await waiting;
  }
  return (performance.now() - start) / count;
}

async function prepare({ file, index }) {
  const questions = await import(`./questions/${file}`);
  const found = questions.cases[index];
  const make = found[name];
  if (typeof make !== 'function') return make ? { cannot: make } : {};
  run = await make(engine, found);
  measure = questions.single ?? false;
  if (measure) return { ready: true };
  const perCall = found.callsPerRun ?? 1;
  let last = await time(1);
  // The engine's optimizing compiler is done with it after some hundred milliseconds.
  for (let spent = last; spent < 400 && last < 2000; spent += last) last = await time(1);
  calls = Math.max(1, Math.round(repetition / last));
  run.perCall = perCall;
  return { ready: true };
}

process.on('message', async (message) => {
  let answer;
  try {
    if (message.prepare) answer = await prepare(message.prepare);
    else if (message.repeat) answer = { value: measure ? await run() : (await time(calls)) / run.perCall };
    else {
      run = undefined;
      answer = {};
    }
  } catch (error) {
    answer = { cannot: String(error?.message ?? error).split('\n')[0] };
    if (message.repeat) answer.error = answer.cannot;
  }
  process.send(answer);
});
