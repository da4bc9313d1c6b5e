import { Caller, find, say } from '../data/worker-calls.ts';
import type { Functions, Written } from './worker.ts';

const text = find('text');
const bars = Array.from({ length: 8 }, () => {
  const bar = document.createElement('li');
  bar.append(document.createElement('span'), document.createElement('i'), document.createElement('b'));
  return find('bars').appendChild(bar);
});
const shown = (character: string): string => ({ ' ': '␣', '\n': '↵' })[character] ?? character;

const worker = new Caller<Functions, Written>(
  ({ character, likeliest }) => {
    text.append(character);
    likeliest.forEach(([each, probability], k) => {
      const bar = bars[k]!;
      bar.classList.toggle('best', each === character);
      bar.style.setProperty('--p', String(probability));
      bar.querySelector('span')!.textContent = shown(each);
      bar.querySelector('b')!.textContent = `${(100 * probability).toFixed(0)}%`;
    });
  },
  (message) => say(message, true),
);

const write = find<HTMLButtonElement>('write');
const temperature = find<HTMLInputElement>('temperature');
let isWriting = false;
find('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (isWriting) return worker.call('stop', undefined);
  const prompt = find<HTMLInputElement>('prompt').value || 'The ';
  const beginning = document.createElement('b');
  beginning.textContent = prompt;
  text.replaceChildren(beginning);
  isWriting = true;
  write.textContent = 'Stop';
  say('Writing …');
  const given = { prompt, length: 500, temperature: temperature.valueAsNumber / 100 };
  await worker.call('write', given).then(
    () => say('Press Write for another.'),
    (error: Error) => say(error.message, true),
  );
  isWriting = false;
  write.textContent = 'Write';
});
temperature.addEventListener('input', () => {
  find('temperature-value').textContent = (temperature.valueAsNumber / 100).toFixed(1);
});
worker.call('ready', undefined).then(
  () => {
    write.disabled = false;
    say('Ready. Write a beginning, and press Enter.');
  },
  (error: Error) => say(error.message, true),
);
