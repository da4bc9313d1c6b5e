/** One engine in a process: gets ready for a case, and answers each request with the milliseconds of a call. */
const [name] = process.argv.slice(2);
const { engine } = await import(`./engines/${name}.mjs`);

/** A repetition lasts about this many milliseconds. */
const repetition = 120;
let run;
let calls = 1;
let measure = false;

/** Milliseconds of a call by the clock, and those that processors worked for this process, averaged over `count` calls. */
async function time(count) {
  const before = process.cpuUsage();
  const start = performance.now();
  for (let n = 0; n < count; n++) {
    const waiting = run();
    if (waiting) await waiting;
  }
  const wall = (performance.now() - start) / count;
  const { user, system } = process.cpuUsage(before);
  return { wall, cpu: (user + system) / 1000 / count };
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
  let last = (await time(1)).wall;
  // The engine's optimizing compiler is done with it after some hundred milliseconds.
  for (let spent = last; spent < 400 && last < 2000; spent += last) last = (await time(1)).wall;
  calls = Math.max(1, Math.round(repetition / last));
  run.perCall = perCall;
  return { ready: true };
}

const perCall = ({ wall, cpu }) => ({ value: wall / run.perCall, cpu: cpu / run.perCall });

process.on('message', async (message) => {
  let answer;
  try {
    if (message.prepare) answer = await prepare(message.prepare);
    else if (message.repeat) answer = measure ? { value: await run() } : perCall(await time(calls));
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
