import { find, say } from '../data/worker-calls.ts';
import { LossChart } from './chart.ts';
import type { DeviceName, Report, Request } from './messages.ts';
import { Pad } from './pad.ts';
import { digitOf, type Stroke } from './strokes.ts';

const percent = (x: number, digits = 1): string => `${(100 * x).toFixed(digits)}%`;

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const ask = (request: Request): void => worker.postMessage(request);

const trainButton = find<HTMLButtonElement>('train');
const devices = find<HTMLFieldSetElement>('devices');
const bars = Array.from({ length: 10 }, (_, digit) => {
  const bar = document.createElement('li');
  bar.append(String(digit), document.createElement('i'), document.createElement('b'));
  return find('bars').appendChild(bar);
});
let chart: LossChart;
let epochs = 0;
let device: DeviceName = 'wasm';
let isTraining = false;
let isTrained = false;
let isStopping = false;

function setTraining(now: boolean): void {
  isTraining = now;
  trainButton.textContent = now ? 'Stop' : isTrained ? 'Go on training' : 'Train';
  trainButton.disabled = false;
  devices.disabled = now;
  find('afresh').hidden = now || !isTrained;
  find<HTMLInputElement>('open').disabled = now;
  hint();
}

/** Announces what comes next. */
function hint(): void {
  find('hint').textContent = isTrained
    ? 'Draw a digit from 0 to 9.'
    : isTraining
      ? 'Draw a digit: it is read while the model learns.'
      : 'The model knows nothing yet: press Train first, or open a .keras file below.';
}

/** Asks where the model looks once the pen has rested for a moment. */
let resting: ReturnType<typeof setTimeout> | undefined;
function look(): void {
  clearTimeout(resting);
  if (drawing && (isTraining || isTrained))
    resting = setTimeout(() => drawing && ask({ kind: 'look', pixels: drawing }), 300);
}
/** The drawing that the worker has not answered yet, and the one that came in the meantime. */
let asked: Float32Array | undefined;
let next: Float32Array | undefined;
function predict(pixels: Float32Array | undefined): void {
  if (asked) next = pixels;
  else if (pixels) ask({ kind: 'predict', pixels: (asked = pixels) });
}
/** Pixels of the drawing in the colour of ink; over them, where there is any, heat. */
function showPixels(id: 'seen' | 'heat', pixels: Float32Array, heat?: Float32Array): void {
  const canvas = find<HTMLCanvasElement>(id);
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, 8, 8);
  context.fillStyle = getComputedStyle(canvas).color;
  for (const [k, ink] of pixels.entries()) {
    context.globalAlpha = heat ? ink / 3 : ink;
    context.fillRect(k % 8, Math.floor(k / 8), 1, 1);
  }
  context.fillStyle = getComputedStyle(find('heat')).outlineColor;
  for (const [k, warmth] of heat?.entries() ?? []) {
    context.globalAlpha = 0.85 * warmth;
    context.fillRect(k % 8, Math.floor(k / 8), 1, 1);
  }
}
function showPrediction(probabilities: Float32Array | undefined): void {
  const best = probabilities?.indexOf(Math.max(...probabilities)) ?? -1;
  for (const [digit, bar] of bars.entries()) {
    const p = probabilities?.[digit] ?? 0;
    bar.classList.toggle('best', digit === best);
    bar.style.setProperty('--p', String(p));
    bar.querySelector('b')!.textContent = probabilities ? percent(p, 0) : '';
  }
  const answer = best < 0 || !(isTraining || isTrained) ? '' : String(best);
  find('answer').textContent = answer;
  const spoken = answer && `Read as ${answer}.`;
  // Screen readers are not told the same words for every point of a stroke.
  if (find('spoken').textContent !== spoken) find('spoken').textContent = spoken;
}

function clearFigures(): void {
  chart.clear(epochs);
  for (const id of ['epoch', 'loss', 'accuracy', 'validation']) find(id).textContent = '–';
}

let drawing: Float32Array | undefined;
const pad = new Pad(find<HTMLCanvasElement>('pad'), (strokes: readonly Stroke[]) => {
  const pixels = digitOf(strokes);
  drawing = strokes.length > 0 ? pixels : undefined;
  showPixels('seen', pixels);
  showPixels('heat', pixels);
  predict(drawing);
  if (!drawing) showPrediction(undefined);
});

const shown: { [K in Report['kind']]: (report: Extract<Report, { kind: K }>) => void } = {
  ready(report) {
    epochs = report.epochs;
    chart = new LossChart(find('chart'), epochs);
    find('summary').textContent = report.summary;
    setTraining(false);
    const next = 'Press Train: it takes a few seconds.';
    say(
      crossOriginIsolated ? `Ready. ${next}` : `Ready, on one thread: this page is not cross-origin isolated. ${next}`,
    );
  },
  batch({ epoch, step, steps, loss }) {
    chart.push('batches', epoch + (step + 1) / steps, loss);
    find('epoch').textContent = `${epoch + 1} / ${epochs}`;
    find('loss').textContent = loss.toFixed(3);
    if (step === 0) predict(drawing);
  },
  epoch({ epoch, logs, seconds }) {
    isTrained = true;
    chart.push('epochs', epoch + 1, logs.loss);
    chart.push('validation', epoch + 1, logs.val_loss);
    find('loss').textContent = logs.loss.toFixed(3);
    find('accuracy').textContent = percent(logs.accuracy);
    find('validation').textContent = percent(logs.val_accuracy);
    say(`${epoch + 1} epochs in ${seconds.toFixed(1)} s.`);
  },
  trained({ hasLearned }) {
    isTrained ||= hasLearned;
    if (isStopping) say(hasLearned ? 'Stopped.' : 'Stopped before the first step.');
    setTraining(false);
    predict(drawing);
  },
  model({ name, summary }) {
    isTrained = name !== undefined;
    find('summary').textContent = summary;
    find('layers').hidden = true;
    clearFigures();
    say(name === undefined ? 'A new model. Press Train.' : `Opened ${name}: draw a digit, or go on training it.`);
    setTraining(false);
    predict(drawing);
  },
  prediction({ probabilities }) {
    asked = undefined;
    showPrediction(drawing && probabilities);
    if (!next) look();
    predict(next);
    next = undefined;
  },
  heat({ heat }) {
    if (drawing) showPixels('heat', drawing, heat);
  },
  device({ name }) {
    device = name;
    say(`Computing on ${name}.`);
    predict(drawing);
  },
  picture({ png }) {
    const image = find<HTMLImageElement>('layers');
    image.src = URL.createObjectURL(new Blob([png], { type: 'image/png' }));
    image.hidden = false;
  },
  file({ bytes }) {
    const url = URL.createObjectURL(new Blob([bytes]));
    Object.assign(document.createElement('a'), { href: url, download: 'digits.keras' }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  },
  failed({ request, message }) {
    say(message, true);
    if (request === 'train') setTraining(false);
    if (request === 'open') find<HTMLInputElement>('open').value = '';
    if (request === 'predict') asked = next = undefined;
    if (request === 'device') devices.querySelector<HTMLInputElement>(`[value=${device}]`)!.checked = true;
  },
};

worker.addEventListener('message', ({ data }: MessageEvent<Report>) => shown[data.kind](data as never));
worker.addEventListener('error', ({ message }) => say(message || 'The worker could not be started.', true));

trainButton.addEventListener('click', () => {
  if (isTraining) {
    isStopping = true;
    trainButton.textContent = 'Stopping …';
    trainButton.disabled = true;
    say('Stopping after the step in progress …');
    return ask({ kind: 'stop' });
  }
  isStopping = false;
  clearFigures();
  say('Preparing the digits and compiling the training step …');
  setTraining(true);
  ask({ kind: 'train' });
});
devices.addEventListener('change', (event) =>
  ask({ kind: 'device', name: (event.target as HTMLInputElement).value as DeviceName }),
);
find('afresh').addEventListener('click', () => {
  ask({ kind: 'afresh' });
  trainButton.focus();
});
find('clear').addEventListener('click', () => pad.clear());
find('picture').addEventListener('click', () => ask({ kind: 'draw' }));
find('save').addEventListener('click', () => ask({ kind: 'save' }));
find<HTMLInputElement>('open').addEventListener('change', ({ target }) => {
  const file = (target as HTMLInputElement).files?.[0];
  if (!file) return;
  say(`Opening ${file.name} …`);
  ask({ kind: 'open', file });
});
showPrediction(undefined);
