import { Caller, find, say } from '../data/worker-calls.ts';
import type { Drawn, Functions, Picture } from './worker.ts';

const side = 128;
const worker = new Caller<Functions, Drawn>(
  (drawn) => {
    paint(find<HTMLCanvasElement>('drawn'), drawn);
    say(
      `Step ${drawn.step} of ${drawn.of}, ${drawn.side} pixels wide: patches are ${drawn.distance.toFixed(3)} apart.`,
    );
  },
  (message) => say(message, true),
);
const failed = (error: Error): void => say(error.message, true);

/** Shows a picture on all of a canvas, whatever their sizes. */
function paint(canvas: HTMLCanvasElement, { side, pixels }: Picture): void {
  const small = Object.assign(document.createElement('canvas'), { width: side, height: side });
  const image = new ImageData(side, side);
  for (let k = 0; k < side * side; k++) {
    for (let c = 0; c < 3; c++) image.data[k * 4 + c] = 255 * pixels[k * 3 + c]!;
    image.data[k * 4 + 3] = 255;
  }
  small.getContext('2d')!.putImageData(image, 0, 0);
  canvas.getContext('2d')!.drawImage(small, 0, 0, canvas.width, canvas.height);
}
/** The middle of a picture of a file, square. */
async function read(file: File): Promise<Picture> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`${file.name} is no picture that this browser reads.`);
  });
  const cut = Math.min(bitmap.width, bitmap.height);
  const [left, top] = [(bitmap.width - cut) / 2, (bitmap.height - cut) / 2];
  const context = Object.assign(document.createElement('canvas'), { width: side, height: side }).getContext('2d')!;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, left, top, cut, cut, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  const pixels = Float32Array.from({ length: side * side * 3 }, (_, k) => data[Math.floor(k / 3) * 4 + (k % 3)]! / 255);
  return { name: file.name, side, pixels };
}

const chosen = new Map<string, Picture>();
/** Adds a picture to those of a kind, from which it is chosen. */
function offer(kind: 'subjects' | 'manners', picture: Picture, isChosen: boolean): void {
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: kind, checked: isChosen });
  const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
  paint(canvas, picture);
  const name = document.createElement('span');
  name.textContent = picture.name;
  const label = document.createElement('label');
  label.append(input, canvas, name);
  const choose = (): void => {
    chosen.set(kind, picture);
    if (kind === 'subjects' && !isDrawing) paint(find<HTMLCanvasElement>('drawn'), picture);
  };
  input.addEventListener('change', () => {
    choose();
    if (isDrawing) void again();
  });
  if (isChosen) choose();
  find(kind).append(label);
}

const draw = find<HTMLButtonElement>('draw');
let isDrawing = false;
/** Set where a change asks for a new beginning. */
let isDue = false;
async function begin(): Promise<void> {
  isDrawing = true;
  draw.textContent = 'Stop';
  say('Compiling the first step …');
  const [subject, manner] = [chosen.get('subjects')!, chosen.get('manners')!];
  await worker
    .call('redraw', { subject, manner, coarsest: find<HTMLInputElement>('coarsest').valueAsNumber })
    .catch(failed);
  isDrawing = false;
  draw.textContent = 'Draw';
  if (!isDue) return;
  isDue = false;
  await begin();
}
async function again(): Promise<void> {
  isDue = true;
  await worker.call('stop', undefined);
}
draw.addEventListener('click', () => {
  isDue = false;
  if (isDrawing) void worker.call('stop', undefined);
  else void begin();
});
find('coarsest').addEventListener('change', () => {
  if (isDrawing) void again();
});
for (const [id, kind] of [
  ['subject-file', 'subjects'],
  ['manner-file', 'manners'],
] as const)
  find<HTMLInputElement>(id).addEventListener('change', ({ target }) => {
    const file = (target as HTMLInputElement).files?.[0];
    if (!file) return;
    read(file).then((picture) => {
      offer(kind, picture, true);
      say(`Opened ${file.name}.`);
      if (isDrawing) void again();
    }, failed);
  });
find('save').addEventListener('click', () => {
  const link = document.createElement('a');
  Object.assign(link, { download: 'drawn.png', href: find<HTMLCanvasElement>('drawn').toDataURL() });
  link.click();
});

worker.call('pictures', undefined).then(({ manners, subjects }) => {
  for (const [k, picture] of manners.entries()) offer('manners', picture, k === 0);
  for (const [k, picture] of subjects.entries()) offer('subjects', picture, k === 0);
  draw.disabled = false;
  say('Ready. Press Draw: it takes half a minute or so.');
}, failed);
