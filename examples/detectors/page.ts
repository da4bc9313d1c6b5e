import { fetchDigits } from '../browser-digits/digits.ts';
import type { Digit } from '../data/digits.ts';
import { Caller, find, onColours, say, shade } from '../data/worker-calls.ts';
import { scatter } from '../digit-detector/scenes.ts';
import { Board, overlap } from './board.ts';
import type { Found, Functions, Measured } from './worker.ts';

const [size, seenDigits, measuredScenes] = [64, 1400, 200];
const worker = new Caller<Functions, never>(
  () => {},
  (message) => say(message, true),
);
const failed = (error: Error): void => say(error.message, true);
let digits: readonly Digit[] = [];
let found: readonly Found[] = [];
let measured: Measured | undefined;
const value = (id: string): number => find<HTMLInputElement>(id).valueAsNumber / 100;

/** Processes one scene at a time; next comes the last one submitted meanwhile. */
let [isLooking, isDue] = [false, false];
async function look(): Promise<void> {
  isDue = isLooking;
  if (isLooking) return;
  isLooking = true;
  const started = performance.now();
  found = await worker.call('detect', board.image());
  isLooking = false;
  show();
  say(`Looked in ${(performance.now() - started).toFixed(0)} ms.`);
  if (isDue) await look();
}
const board = new Board(find<HTMLCanvasElement>('scene'), () => {
  if (digits.length > 0) look().catch(failed);
});

/** A bar: its label, length and value. */
function bar(name: string, share: number): HTMLLIElement {
  const item = document.createElement('li');
  const number = document.createElement('b');
  number.textContent = Number.isNaN(share) ? '–' : `${(100 * share).toFixed(0)}%`;
  item.append(name, document.createElement('i'), number);
  item.style.setProperty('--p', String(share || 0));
  return item;
}
function show(): void {
  const sure = found
    .filter(({ score }) => score >= value('threshold'))
    .map((each) => {
      const lies = board.digits.map(({ box, digit }) => ({ digit, shared: overlap(box, each.box) }));
      const isRight = lies.some(
        ({ digit, shared }) => shared >= 0.5 && (digit.label < 0 || digit.label === each.label),
      );
      return { ...each, isRight };
    });
  board.show(sure);
  const bars = sure.map(({ label, score, isRight }) => {
    const item = bar(String(label), score);
    item.className = isRight ? 'best' : 'wrong';
    return item;
  });
  find('found').replaceChildren(...bars);
  const right = sure.filter(({ isRight }) => isRight).length;
  const wrong = sure.length - right;
  const missed = board.digits.filter(({ box }) => !sure.some((each) => each.isRight && overlap(box, each.box) >= 0.5));
  find('tally').textContent =
    board.digits.length === 0
      ? 'Draw a digit, or put one.'
      : `${right} of ${board.digits.length} found, ${missed.length} missed, ${wrong} wrong (amber). Of what you draw it is not known what it should be.`;
  drawCurve();
}

/** Means over the digits: at each recall the precision, and where the threshold that is set stands. */
function drawCurve(): void {
  if (!measured) return;
  const { precision, scores } = measured;
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const last = precision[0]!.length - 1;
  const curve = Array.from(precision[0]!, (_, r) => mean(precision.map((each) => each[r]!)));
  const reached = scores.map((each) => each.findLastIndex((score) => score >= value('threshold')));
  const recall = mean(reached.map((r) => Math.max(0, r) / last));
  const precise = mean(reached.map((r, k) => (r < 0 ? 1 : precision[k]![r]!)));
  find('point').textContent =
    `With the score that is set: of 100 boxes ${(100 * precise).toFixed(0)} are right, of 100 digits ${(100 * recall).toFixed(0)} are found (a box counts if it overlaps by half).`;

  const on = find<HTMLCanvasElement>('curve').getContext('2d')!;
  const { width, height } = on.canvas;
  const scale = width / on.canvas.clientWidth;
  const [left, bottom, top, right] = [38 * scale, height - 24 * scale, 10 * scale, width - 8 * scale];
  const x = (v: number): number => left + (right - left) * v;
  const y = (v: number): number => bottom - (bottom - top) * v;
  on.clearRect(0, 0, width, height);
  Object.assign(on, { font: `${12 * scale}px sans-serif`, fillStyle: shade('--faint'), lineWidth: scale });
  on.strokeStyle = shade('--rule');
  for (const tick of [0, 0.5, 1]) {
    on.textAlign = 'right';
    on.fillText(String(tick), left - 6 * scale, y(tick) + 4 * scale);
    on.textAlign = tick === 1 ? 'right' : 'center';
    on.fillText(tick === 0.5 ? 'recall' : String(tick), x(tick), height - 5 * scale);
    on.beginPath();
    on.moveTo(left, y(tick));
    on.lineTo(right, y(tick));
    on.stroke();
  }
  on.textAlign = 'left';
  on.fillText('precision', left + 6 * scale, y(1) + 16 * scale);
  Object.assign(on, {
    lineWidth: 2.5 * scale,
    lineJoin: 'round',
    strokeStyle: shade('--leaf'),
    fillStyle: shade('--amber'),
  });
  on.beginPath();
  curve.forEach((v, r) => void on.lineTo(x(r / last), y(v)));
  on.stroke();
  on.beginPath();
  on.arc(x(recall), y(precise), 6 * scale, 0, 2 * Math.PI);
  on.fill();
}

const any = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)]!;
const put = (label: number, at?: readonly [number, number]): void => {
  if (digits.length > 0) board.put(any(digits.filter((digit) => digit.label === label)), at);
};
board.onDigit = put;
const buttons = Array.from({ length: 10 }, (_, digit) => {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', textContent: String(digit), ariaLabel: `Put a ${digit}`, disabled: true });
  button.addEventListener('click', () => put(digit));
  return find('digits').appendChild(button);
});
find('clear').addEventListener('click', () => board.set([]));
find('shuffle').addEventListener('click', () => board.set(scatter(digits, size, Math.random)));
find('noise').addEventListener('input', () => {
  find('noise-value').textContent = value('noise').toFixed(2);
  board.noise = value('noise');
});
find('threshold').addEventListener('input', () => {
  find('threshold-value').textContent = value('threshold').toFixed(2);
  show();
});
const measure = find<HTMLButtonElement>('measure');
measure.addEventListener('click', async () => {
  measure.disabled = true;
  find('ap').textContent = `Looking at ${measuredScenes} new scenes …`;
  const seed = Math.floor(Math.random() * 2 ** 32);
  const done = await worker.call('measure', { digits, seed, count: measuredScenes }).catch(failed);
  measure.disabled = false;
  if (!done) return;
  measured = done;
  find('ap').textContent =
    `AP ${(100 * done.ap).toFixed(1)}, AP50 ${(100 * done.ap50).toFixed(1)} over ${measuredScenes} new scenes. AP of each digit:`;
  find('each').replaceChildren(...done.apByDigit.map((ap, digit) => bar(String(digit), ap)));
  find('measured').hidden = false;
  drawCurve();
});
onColours(show);
addEventListener('resize', show);

async function start(): Promise<void> {
  const { count, pixels, labels } = await fetchDigits(new URL('./digits.csv.gz', import.meta.url));
  const all = Array.from({ length: count }, (_, n) => ({
    pixels: pixels.slice(n * 64, (n + 1) * 64),
    label: labels[n]!,
  }));
  const unseen = all.slice(seenDigits);
  board.set(scatter(unseen, size, Math.random));
  digits = unseen;
  await look();
  for (const button of [...buttons, measure, find<HTMLButtonElement>('shuffle')]) button.disabled = false;
  say('Ready. Draw, put and move digits.');
}
start().catch(failed);
