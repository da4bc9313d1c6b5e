/**
 * A small formant synthesizer, after D. Klatt, "Software for a cascade/parallel formant synthesizer" (1980): pulses of a voice go through
 * three resonators of the throat one after the other, hissing through one of the mouth. Formants of vowels are those that G. Peterson
 * and H. Barney measured (1952).
 */

/** Samples a second. */
export const rate = 8000;
/** Samples of a recording. */
export const samples = 6400;

interface Sound {
  /** Milliseconds at medium speed. */
  readonly duration: number;
  /** Resonances of the throat, in hertz. */
  readonly formants: readonly [number, number, number];
  /** How loud the voice is, and the hissing. */
  readonly voice: number;
  readonly hiss?: number;
  /** Where the hissing is loudest, in hertz, and how wide. */
  readonly mouth?: readonly [center: number, width: number];
}
const vowel = (duration: number, ...formants: readonly [number, number, number]): Sound => ({
  ...{ duration, formants },
  voice: 1,
});
const sounds: Readonly<Record<string, readonly Sound[]>> = {
  aa: [vowel(140, 730, 1090, 2440)],
  ah: [vowel(130, 640, 1190, 2390)],
  eh: [vowel(130, 530, 1840, 2480)],
  ay: [vowel(100, 730, 1090, 2440), vowel(110, 300, 2200, 2900)],
  aw: [vowel(110, 730, 1200, 2440), vowel(110, 320, 870, 2240)],
  ow: [vowel(110, 540, 880, 2410), vowel(120, 320, 800, 2240)],
  y: [{ duration: 60, formants: [260, 2200, 3000], voice: 0.7 }],
  l: [{ duration: 70, formants: [310, 1050, 2880], voice: 0.6 }],
  r: [{ duration: 80, formants: [310, 1060, 1380], voice: 0.7 }],
  n: [{ duration: 80, formants: [250, 1600, 2600], voice: 0.4 }],
  s: [{ duration: 120, formants: [400, 1600, 2600], voice: 0, hiss: 0.35, mouth: [3500, 900] }],
  f: [{ duration: 100, formants: [400, 1100, 2300], voice: 0, hiss: 0.1, mouth: [1500, 2500] }],
  t: [
    { duration: 55, formants: [400, 1600, 2600], voice: 0 },
    { duration: 25, formants: [400, 1600, 2600], voice: 0, hiss: 0.4, mouth: [3300, 1200] },
  ],
  p: [
    { duration: 60, formants: [400, 900, 2200], voice: 0 },
    { duration: 15, formants: [400, 900, 2200], voice: 0, hiss: 0.25, mouth: [800, 700] },
  ],
  d: [
    { duration: 40, formants: [250, 1700, 2600], voice: 0.15 },
    { duration: 15, formants: [300, 1700, 2600], voice: 0.2, hiss: 0.25, mouth: [3000, 1500] },
  ],
  g: [
    { duration: 40, formants: [250, 1500, 2200], voice: 0.15 },
    { duration: 20, formants: [300, 1500, 2200], voice: 0.2, hiss: 0.25, mouth: [1800, 700] },
  ],
};
/** What is spoken, as sounds. */
export const words: Readonly<Record<string, string>> = {
  down: 'd aw n',
  go: 'g ow',
  left: 'l eh f t',
  no: 'n ow',
  right: 'r ay t',
  stop: 's t aa p',
  up: 'ah p',
  yes: 'y eh s',
};

/** Random numbers from 0 to 1 that a seed decides. */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Voice {
  /** Pulses a second. */
  readonly pitch: number;
  /** Formants, times those of a grown man: shorter throats have higher ones. */
  readonly throat: readonly [number, number, number];
  readonly speed: number;
  /** Share of breath in the voice. */
  readonly breath: number;
}
/** A random voice: deep or high, with a long or short throat, fast or slow, clear or breathy. */
export function makeVoice(random: () => number): Voice {
  const height = random();
  const own = (): number => 0.95 + 0.1 * random();
  const throat = 0.95 + 0.3 * height;
  return {
    pitch: (85 + 130 * height) * (0.85 + 0.3 * random()),
    throat: [throat * own(), throat * own(), throat * own()],
    speed: 0.8 + 0.5 * random(),
    breath: 0.02 + 0.25 * random() ** 2,
  };
}

/** A resonance: two poles. */
function resonator(): (x: number, center: number, width: number) => number {
  let [y1, y2] = [0, 0];
  return (x, center, width) => {
    const r = Math.exp((-Math.PI * width) / rate);
    const b = 2 * r * Math.cos((2 * Math.PI * Math.min(center, 0.48 * rate)) / rate);
    const y = (1 - b + r * r) * x + b * y1 - r * r * y2;
    [y2, y1] = [y1, y];
    return y;
  };
}

/** A word by a random voice, never twice the same, somewhere in a recording with some noise. */
export function speak(word: string, voice: Voice, random: () => number): Float32Array {
  const speed = voice.speed * (0.9 + 0.2 * random());
  const pitch = voice.pitch * (0.92 + 0.16 * random());
  const parts = words[word]!.split(' ').flatMap((name) => sounds[name]!);
  const ends: number[] = [];
  for (const { duration } of parts)
    ends.push((ends.at(-1) ?? 0) + ((duration / speed) * (0.85 + 0.3 * random()) * rate) / 1000);
  const length = Math.min(samples, Math.ceil(ends.at(-1)!));
  const glide = 0.02 * rate;
  const throat = [resonator(), resonator(), resonator()];
  const mouth = resonator();
  const spoken = new Float32Array(length);
  let [part, phase, tilt] = [0, 0, 0];
  for (let n = 0; n < length; n++) {
    while (n >= ends[part]! && part < parts.length - 1) part++;
    const sound = parts[part]!;
    // Mouth and throat move from one sound to the next.
    const near = Math.min(1, (ends[part]! - n) / glide);
    const next = parts[Math.min(part + 1, parts.length - 1)]!;
    const between = (a: number, b: number): number => near * a + (1 - near) * b;
    const loud = between(sound.voice, next.voice);
    phase += (pitch * (1.1 - (0.25 * n) / length) * (1 + 0.02 * (random() - 0.5))) / rate;
    const pulse = phase >= 1 ? 1 : 0;
    phase %= 1;
    // A voice has weaker high tones.
    tilt += 0.35 * (pulse * 6 - tilt);
    let x = loud * (tilt + voice.breath * (random() - 0.5));
    for (let k = 0; k < 3; k++)
      x = throat[k]!(x, voice.throat[k]! * between(sound.formants[k]!, next.formants[k]!), 60 + 30 * k);
    const [center, width] = sound.mouth ?? [2500, 1000];
    spoken[n] = x + mouth((sound.hiss ?? 0) * (random() - 0.5) * 4, center * voice.throat[2]!, width);
  }
  const most = spoken.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-9);
  const noise = 0.002 + 0.08 * random() ** 2;
  const recording = Float32Array.from({ length: samples }, () => noise * (random() + random() - 1));
  const gain = (0.3 + 0.6 * random()) / most;
  const first = Math.floor(random() * (samples - length));
  spoken.forEach((v, n) => void (recording[first + n]! += gain * v));
  return recording;
}

/** A recording as a WAV file of 16 bits. */
export function toWav(recording: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(44 + 2 * recording.length));
  const text = (at: number, letters: string): void =>
    [...letters].forEach((letter, k) => void view.setUint8(at + k, letter.charCodeAt(0)));
  text(0, 'RIFF');
  view.setUint32(4, 36 + 2 * recording.length, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, 2 * recording.length, true);
  recording.forEach((v, n) => void view.setInt16(44 + 2 * n, Math.max(-1, Math.min(1, v)) * 32767, true));
  return new Uint8Array(view.buffer);
}
