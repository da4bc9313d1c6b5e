import { Pad } from '../browser-digits/pad.ts';
import type { Stroke } from '../browser-digits/strokes.ts';
import { Caller, find, say } from '../data/worker-calls.ts';
import { ofFile, ofStrokes, type Picture, showHeat } from './pixels.ts';
import type { Functions, Learnt } from './worker.ts';

interface Class {
  readonly name: () => string;
  /** Its pictures by their numbers in the worker, which has their features. */
  readonly ids: number[];
  readonly add: (picture: Picture) => Promise<void>;
}
const most = 6;
const worker = new Caller<Functions, Learnt>(
  ({ epoch, of, loss }) => say(`Epoch ${epoch} of ${of}, loss ${loss.toFixed(3)}`),
  (message) => say(message, true),
);
const failed = (error: Error): void => say(error.message, true);
const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
): HTMLElementTagNameMap[K] => Object.assign(document.createElement(name), properties);

const classes: Class[] = [];
/** The classes of the head that was learnt last, by name; none before. */
let known: readonly string[] = [];
let count = 0;
let isLearning = false;
/** What is on the sheet: a drawing, or a picture of a file. */
let shown: Picture | undefined;

const learn = find<HTMLButtonElement>('learn');
const pad = find<HTMLCanvasElement>('pad');
const opened = find<HTMLCanvasElement>('opened');

/** Says what may be done, and what is still lacking. */
function update(): void {
  const full = classes.filter(({ ids }) => ids.length > 0);
  learn.disabled = isLearning || full.length < 2 || full.length < classes.length;
  for (const button of document.querySelectorAll<HTMLButtonElement>('.add')) button.disabled = !shown;
  find<HTMLButtonElement>('more').disabled = classes.length >= most;
}

/** A class with its name, its pictures, and the ways to add some. */
function addClass(name: string): void {
  const item = element('li');
  const input = element('input', { type: 'text', value: name, maxLength: 24 });
  input.setAttribute('aria-label', `Name of class ${classes.length + 1}`);
  const put = element('button', {
    type: 'button',
    className: 'add',
    textContent: 'Add',
    title: 'Add what is on the sheet',
    disabled: true,
  });
  const label = element('label', { className: 'button', textContent: 'Open …' });
  const files = element('input', { type: 'file', accept: 'image/*', multiple: true });
  files.setAttribute('aria-label', `Open pictures for class ${classes.length + 1}`);
  label.append(files);
  const thumbnails = element('div', { className: 'thumbnails' });
  const own: Class = {
    name: () => input.value.trim() || name,
    ids: [],
    async add({ canvas, pixels }) {
      const id = count++;
      await worker.call('add', { id, pixels });
      own.ids.push(id);
      const thumbnail = element('button', { type: 'button', title: 'Remove' });
      thumbnail.setAttribute('aria-label', `Remove picture ${own.ids.length} of ${own.name()}`);
      const copy = element('canvas', { width: canvas.width, height: canvas.height });
      copy.getContext('2d')!.drawImage(canvas, 0, 0);
      thumbnail.append(copy);
      thumbnail.addEventListener('click', () => {
        own.ids.splice(own.ids.indexOf(id), 1);
        const beside = thumbnail.nextElementSibling ?? thumbnail.previousElementSibling;
        (beside instanceof HTMLElement ? beside : put).focus();
        thumbnail.remove();
        void worker.call('remove', id);
        update();
      });
      thumbnails.append(thumbnail);
      update();
    },
  };
  const addFiles = async (some: Iterable<File>): Promise<void> => {
    let added = 0;
    for (const file of some) {
      await own.add(await ofFile(file));
      added++;
    }
    if (added > 0) say(`${own.name()} has ${own.ids.length} ${own.ids.length === 1 ? 'picture' : 'pictures'}.`);
  };
  put.addEventListener('click', () => {
    if (!shown) return;
    own.add(shown).then(() => {
      say(`Added to ${own.name()}: ${own.ids.length}.`);
      sheet.clear();
    }, failed);
  });
  files.addEventListener('change', () => {
    addFiles([...files.files!]).catch(failed);
    files.value = '';
  });
  receive(item, (dropped) => addFiles(dropped).catch(failed));
  item.append(input, put, label, thumbnails);
  find('classes').append(item);
  classes.push(own);
  update();
}

/** Lets pictures be dropped on an element. */
function receive(target: HTMLElement, take: (files: File[]) => void): void {
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    target.classList.add('over');
  });
  target.addEventListener('dragleave', () => target.classList.remove('over'));
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    target.classList.remove('over');
    take([...event.dataTransfer!.files]);
  });
}

let asked = 0;
/** What the network takes the sheet for. */
async function look(): Promise<void> {
  const [picture, mine] = [shown, ++asked];
  if (!picture || known.length === 0 || isLearning) return;
  const { probabilities, heat } = await worker.call('look', picture.pixels);
  if (mine !== asked) return;
  const best = probabilities.indexOf(Math.max(...probabilities));
  find('answer').textContent = known[best]!;
  [...find('bars').children].forEach((bar, k) => {
    bar.classList.toggle('best', k === best);
    (bar as HTMLElement).style.setProperty('--p', String(probabilities[k]));
    bar.querySelector('b')!.textContent = `${(100 * probabilities[k]!).toFixed(0)}%`;
  });
  showHeat(find<HTMLCanvasElement>('heat').getContext('2d')!, picture, heat);
}
/** Forgets what was seen. */
function blank(): void {
  asked++;
  find('answer').textContent = '';
  const heat = find<HTMLCanvasElement>('heat');
  heat.getContext('2d')!.clearRect(0, 0, heat.width, heat.height);
  for (const bar of find('bars').children) {
    bar.classList.remove('best');
    (bar as HTMLElement).style.setProperty('--p', '0');
    bar.querySelector('b')!.textContent = '';
  }
}

function show(picture: Picture | undefined): void {
  shown = picture;
  if (picture) look().catch(failed);
  else blank();
  update();
}
let strokesBefore: readonly Stroke[] | undefined;
const sheet = new Pad(pad, (strokes) => {
  // The pen was moved, or the colours changed, over an empty sheet: a picture of a file stays.
  if (strokes.length === 0 && strokes === strokesBefore) return;
  strokesBefore = strokes;
  opened.hidden = true;
  show(strokes.length === 0 ? undefined : ofStrokes(strokes, pad.width));
});
async function open(file: File | undefined): Promise<void> {
  if (!file) return;
  const picture = await ofFile(file);
  sheet.clear();
  opened.getContext('2d')!.drawImage(picture.canvas, 0, 0, opened.width, opened.height);
  opened.hidden = false;
  show(picture);
}

learn.addEventListener('click', async () => {
  isLearning = true;
  update();
  say('Compiling the first step …');
  const begun = performance.now();
  const names = classes.map(({ name }) => name());
  try {
    await worker.call(
      'learn',
      classes.map(({ ids }) => ids),
    );
    known = names;
    find('seen').hidden = false;
    find('bars').replaceChildren(
      ...names.map((name) => {
        const bar = element('li');
        bar.append(name, element('i'), element('b'));
        return bar;
      }),
    );
    say(`Learnt in ${((performance.now() - begun) / 1000).toFixed(1)} seconds. Draw or open something else.`);
  } catch (error) {
    failed(error as Error);
  }
  isLearning = false;
  update();
  await look().catch(failed);
});
find('clear').addEventListener('click', () => sheet.clear());
find('more').addEventListener('click', () => {
  addClass(`class ${classes.length + 1}`);
  find('classes').lastElementChild!.querySelector('input')!.focus();
});
find<HTMLInputElement>('file').addEventListener('change', ({ target }) => {
  open((target as HTMLInputElement).files?.[0]).catch(failed);
  (target as HTMLInputElement).value = '';
});
receive(find('sheet'), ([file]) => open(file).catch(failed));

addClass('circles');
addClass('crosses');
worker
  .call('ready', undefined)
  .then(() => say('Ready. Draw something, and add it to a class: two or three of each will do.'), failed);
