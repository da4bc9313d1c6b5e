import { Caller, find, onColours, say, shade } from '../data/worker-calls.ts';
import type { Functions, Trained } from './worker.ts';

const [side, reach] = [15, 2];
const plane = find<HTMLCanvasElement>('plane');
const drawn = find<HTMLCanvasElement>('drawn').getContext('2d')!;
let images: Float32Array | undefined;
let image: Float32Array | undefined;
let place: [number, number] = [0, 0];
let isTraining = false;

/** Ink as the page's colour of letters, so that it looks right in the dark. */
function inked(pixels: Float32Array, from = 0): HTMLCanvasElement {
  const small = Object.assign(document.createElement('canvas'), { width: 8, height: 8 });
  const context = small.getContext('2d')!;
  context.fillStyle = shade('--ink');
  for (let k = 0; k < 64; k++) {
    context.globalAlpha = pixels[from + k]!;
    context.fillRect(k % 8, k >> 3, 1, 1);
  }
  return small;
}
function drawPlane(): void {
  const context = plane.getContext('2d')!;
  const cell = plane.width / side;
  context.clearRect(0, 0, plane.width, plane.height);
  context.imageSmoothingEnabled = true;
  for (let k = 0; images && k < side * side; k++) {
    const [x, y] = [(k % side) * cell, Math.floor(k / side) * cell];
    context.drawImage(inked(images, k * 64), x + 0.08 * cell, y + 0.08 * cell, 0.84 * cell, 0.84 * cell);
  }
  const at = (v: number): number => cell / 2 + ((v / reach + 1) / 2) * (plane.width - cell);
  Object.assign(context, { lineWidth: 5, strokeStyle: shade('--amber') });
  context.beginPath();
  context.arc(at(place[0]), at(-place[1]), cell * 0.55, 0, 2 * Math.PI);
  context.stroke();
}
function drawImage(): void {
  drawn.clearRect(0, 0, 8, 8);
  if (image) drawn.drawImage(inked(image), 0, 0);
}

const worker = new Caller<Functions, Trained>(
  ({ epoch, loss, plane: fresh }) => {
    say(`Epoch ${epoch}: a digit costs ${loss.toFixed(1)} nats.`);
    if (!fresh) return;
    images = fresh;
    drawPlane();
    ask();
  },
  (message) => say(message, true),
);

/** Requests one point at a time; next comes the last one requested meanwhile. */
let [isAsked, isDue] = [false, false];
async function ask(): Promise<void> {
  isDue = isAsked;
  if (isAsked) return;
  isAsked = true;
  image = await worker.call('draw', place);
  isAsked = false;
  drawImage();
  if (isDue) void ask();
}
function go(x: number, y: number): void {
  const within = (v: number): number => Math.max(-reach, Math.min(reach, v));
  place = [within(x), within(y)];
  find('place').textContent = place.map((v) => v.toFixed(1).replace('-', '−')).join(', ');
  drawPlane();
  void ask();
}
const follow = ({ clientX, clientY }: PointerEvent): void => {
  const { left, top, width } = plane.getBoundingClientRect();
  const at = (v: number): number => reach * (2 * ((v - width / side / 2) / (width - width / side)) - 1);
  go(at(clientX - left), -at(clientY - top));
};
plane.addEventListener('pointermove', follow);
plane.addEventListener('pointerdown', follow);
plane.addEventListener('keydown', (event) => {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (!way) return;
  event.preventDefault();
  const far = (event.shiftKey ? 2 : 0.5) * ((2 * reach) / (side - 1));
  go(place[0] + far * way[0]!, place[1] + far * way[1]!);
});

const train = find<HTMLButtonElement>('train');
train.addEventListener('click', async () => {
  if (isTraining) return worker.call('stop', undefined);
  isTraining = true;
  train.textContent = 'Stop';
  say('Compiling the training step …');
  await worker.call('train', undefined).catch((error: Error) => say(error.message, true));
  isTraining = false;
  train.textContent = 'Go on';
});
onColours(() => {
  drawPlane();
  drawImage();
});
worker.call('plane', undefined).then(
  (first) => {
    images = first;
    go(0, 0);
    train.disabled = false;
    say('Ready. Untrained, all places look alike. Press Train: it takes some twenty seconds.');
  },
  (error: Error) => say(error.message, true),
);
