import { Caller, find, onColours, say, shade } from '../data/worker-calls.ts';
import { randomOf, rate, speak, words } from './speech.ts';
import type { Functions, Heard } from './worker.ts';

const names = Object.keys(words).sort();
const worker = new Caller<Functions, never>(
  () => {},
  (message) => say(message, true),
);
const bars = names.map((name) => {
  const bar = document.createElement('li');
  bar.append(name, document.createElement('i'), document.createElement('b'));
  return find('bars').appendChild(bar);
});

const value = (id: string): number => find<HTMLInputElement>(id).valueAsNumber;
let count = 0;
let [asked, right] = [0, 0];
let recording: Float32Array<ArrayBuffer> | undefined;
let heard: Heard | undefined;

/** A word in the chosen voice, never twice the same. */
function spoken(word: string): Float32Array<ArrayBuffer> {
  const throat = value('throat') / 100;
  const random = randomOf(++count);
  const voice = { pitch: value('pitch'), speed: value('speed') / 100, breath: 0.08 };
  const sound = speak(word, { ...voice, throat: [throat, throat, throat] }, random);
  const noise = (value('noise') / 100) * 0.5;
  return Float32Array.from(sound, (v) => Math.max(-1, Math.min(1, v + noise * (2 * random() - 1))));
}

function drawSound(): void {
  const canvas = find<HTMLCanvasElement>('sound');
  const context = canvas.getContext('2d')!;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!heard) return;
  const { bands, frames, loudness } = heard;
  const [low, high] = [Math.min(...loudness), Math.max(...loudness)];
  context.fillStyle = shade('--leaf');
  const [wide, tall] = [canvas.width / frames, canvas.height / bands];
  for (let band = 0; band < bands; band++)
    for (let frame = 0; frame < frames; frame++) {
      context.globalAlpha = ((loudness[band * frames + frame]! - low) / (high - low)) ** 2;
      context.fillRect(frame * wide, (bands - 1 - band) * tall, Math.ceil(wide), Math.ceil(tall));
    }
  context.globalAlpha = 1;
}
function show(word: string): void {
  const { probabilities } = heard!;
  const best = probabilities.indexOf(Math.max(...probabilities));
  bars.forEach((bar, k) => {
    bar.classList.toggle('best', k === best);
    bar.style.setProperty('--p', String(probabilities[k]));
    bar.querySelector('b')!.textContent = `${(100 * probabilities[k]!).toFixed(0)}%`;
  });
  asked++;
  if (names[best] === word) right++;
  find('answer').textContent = `“${names[best]}”`;
  find('score').textContent = `${right} of ${asked} words were understood.`;
  drawSound();
}

let player: AudioContext | undefined;
function play(): void {
  if (!recording) return;
  player ??= new AudioContext();
  const buffer = player.createBuffer(1, recording.length, rate);
  buffer.copyToChannel(recording, 0);
  const source = player.createBufferSource();
  source.buffer = buffer;
  source.connect(player.destination);
  source.start();
}

async function sayWord(word: string, isLoud: boolean): Promise<void> {
  recording = spoken(word);
  if (isLoud) play();
  heard = await worker.call('hear', recording);
  show(word);
  find<HTMLButtonElement>('listen').disabled = false;
  say(`Said: “${word}”.`);
}
const buttons = names.map((name) => {
  const button = document.createElement('button');
  Object.assign(button, { type: 'button', textContent: name, disabled: true });
  button.addEventListener('click', () => {
    sayWord(name, true).catch((error: Error) => say(error.message, true));
  });
  return find('words').appendChild(button);
});
find('listen').addEventListener('click', play);
for (const id of ['pitch', 'throat', 'speed', 'noise'])
  find(id).addEventListener('input', () => {
    const shown = id === 'pitch' ? `${value(id)} Hz` : (value(id) / 100).toFixed(2);
    find(`${id}-value`).textContent = shown;
  });
onColours(drawSound);
worker.call('ready', undefined).then(
  () => {
    for (const button of buttons) button.disabled = false;
    say('Ready. Say a word.');
  },
  (error: Error) => say(error.message, true),
);
