import { Caller, find, onColours, say, shade } from '../data/worker-calls.ts';
import type { Functions, Learning } from './worker.ts';

const [farthest, steepest, seconds, longest, updates] = [2.4, (12 * Math.PI) / 180, 0.02, 500, 400];
type State = [x: number, speed: number, angle: number, turning: number];

/** What follows of a state and a force: the same as in `cart-pole.ts`, with numbers. */
function next([x, speed, angle, turning]: State, force: number): State {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const pushed = (force + 0.05 * turning ** 2 * sine) / 1.1;
  const turn = (9.8 * sine - cosine * pushed) / (0.5 * (4 / 3 - (0.1 * cosine ** 2) / 1.1));
  const drive = pushed - (0.05 * turn * cosine) / 1.1;
  return [x + seconds * speed, speed + seconds * drive, angle + seconds * turning, turning + seconds * turn];
}

const context = find<HTMLCanvasElement>('cart').getContext('2d')!;
function drawCart([x, , angle]: State, force: number): void {
  const { width, height } = context.canvas;
  const [place, ground, length] = [width * (0.5 + (0.46 * x) / farthest), height * 0.82, height * 0.62];
  context.clearRect(0, 0, width, height);
  Object.assign(context, { lineCap: 'round', lineWidth: 3, strokeStyle: shade('--faint') });
  const line = (...[a, b, c, d]: number[]): void => {
    context.beginPath();
    context.moveTo(a!, b!);
    context.lineTo(c!, d!);
    context.stroke();
  };
  line(width * 0.04, ground + 34, width * 0.96, ground + 34);
  for (const end of [0.04, 0.96]) line(width * end, ground + 20, width * end, ground + 34);
  context.fillStyle = shade('--leaf');
  context.beginPath();
  context.roundRect(place - 62, ground - 18, 124, 44, 8);
  context.fill();
  Object.assign(context, { lineWidth: 15, strokeStyle: shade('--amber') });
  line(place, ground - 14, place + length * Math.sin(angle), ground - 14 - length * Math.cos(angle));
  if (force === 0) return;
  Object.assign(context, { lineWidth: 6, strokeStyle: shade('--ink') });
  const way = Math.sign(force);
  line(place + way * 80, ground + 4, place + way * 140, ground + 4);
  line(place + way * 140, ground + 4, place + way * 122, ground - 8);
  line(place + way * 140, ground + 4, place + way * 122, ground + 16);
}

const means: number[] = [];
function drawChart(): void {
  const on = find<HTMLCanvasElement>('chart').getContext('2d')!;
  const { width, height } = on.canvas;
  // Text and lines have the same size on narrow and wide screens.
  const scale = width / on.canvas.clientWidth;
  const [left, bottom, top] = [38 * scale, height - 24 * scale, 10 * scale];
  const y = (steps: number): number => bottom - ((bottom - top) * steps) / longest;
  on.clearRect(0, 0, width, height);
  Object.assign(on, { font: `${13 * scale}px sans-serif`, textAlign: 'right', fillStyle: shade('--faint') });
  for (const tick of [0, 250, 500]) {
    on.fillText(String(tick), left - 8 * scale, y(tick) + 4 * scale);
    Object.assign(on, { lineWidth: scale, strokeStyle: shade('--rule') });
    on.beginPath();
    on.moveTo(left, y(tick));
    on.lineTo(width, y(tick));
    on.stroke();
  }
  on.textAlign = 'center';
  for (const tick of [100, 200, 300])
    on.fillText(String(tick), left + ((width - left) * tick) / updates, height - 4 * scale);
  Object.assign(on, { lineWidth: 2.5 * scale, lineJoin: 'round', strokeStyle: shade('--leaf') });
  on.beginPath();
  means.forEach((mean, k) => void on.lineTo(left + ((width - left) * (k + 1)) / updates, y(mean)));
  on.stroke();
}

const worker = new Caller<Functions, Learning>(
  ({ update, mean }) => {
    means.push(mean);
    if (update % 5 === 0 || update === updates) {
      drawChart();
      say(`Update ${update} of ${updates}: games last ${mean.toFixed(0)} steps.`);
    }
  },
  (message) => say(message, true),
);

let state: State = [0, 0, 0, 0];
let [age, best, pushes, isTeaching] = [0, 0, 0, false];
const begin = (): void => {
  state = Array.from({ length: 4 }, () => 0.1 * (Math.random() - 0.5)) as State;
  age = 0;
};
const wait = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));

/** Plays game after game, asking the agent for every push. */
async function play(): Promise<void> {
  for (;;) {
    const begun = performance.now();
    const action = await worker.call('act', state);
    const own = pushes;
    pushes = 0;
    state = next(state, (action * 2 - 1) * 10 + 60 * own);
    age += seconds;
    best = Math.max(best, age);
    drawCart(state, own);
    find('age').textContent = age.toFixed(1);
    find('best').textContent = best.toFixed(1);
    if (Math.abs(state[0]) > farthest || Math.abs(state[2]) > 2.5 * steepest) {
      await wait(500);
      begin();
    }
    // A hidden page rests.
    while (document.hidden) await wait(200);
    await wait(Math.max(0, 1000 * seconds - (performance.now() - begun)));
  }
}

const push = (way: number): void => {
  pushes = Math.max(-2, Math.min(2, pushes + way));
};
find('left').addEventListener('click', () => push(-1));
find('right').addEventListener('click', () => push(1));
addEventListener('keydown', (event) => {
  const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (way === undefined) return;
  event.preventDefault();
  push(way);
});
const teach = find<HTMLButtonElement>('teach');
teach.addEventListener('click', async () => {
  if (isTeaching) return worker.call('stop', undefined);
  isTeaching = true;
  teach.textContent = 'Stop';
  say('Compiling the update …');
  const left = await worker.call('teach', undefined).catch((error: Error) => say(error.message, true));
  isTeaching = false;
  teach.textContent = left === 0 ? 'Taught' : 'Go on';
  teach.disabled = left === 0;
  if (left === 0) say('It has learned. Push the cart: the agent sets it right again.');
});
onColours(drawChart);
addEventListener('resize', drawChart);
drawChart();
begin();
drawCart(state, 0);
const ready = worker.call('act', state);
ready.then(
  () => {
    teach.disabled = false;
    say('Ready. Untaught, the pole falls after a moment. Press Teach: it takes some ten seconds.');
    return play();
  },
  (error: Error) => say(error.message, true),
);
