import type { Digit } from '../data/digits.ts';

/** Most digits in a scene; unused places of the labels hold class -1. */
export const maxDigits = 6;

/** Canvases with scattered digits, and where they are. */
export interface Scenes {
  readonly count: number;
  readonly size: number;
  /** `[count, size, size, 1]`, ink from 0 to 1. */
  readonly images: Float32Array;
  /** `[count, maxDigits, 4]`: x1, y1, x2, y2 in pixels. */
  readonly boxes: Float32Array;
  /** `[count, maxDigits]`: the digit, or -1. */
  readonly labels: Float32Array;
  /** `[count, size, size]`: the digit that a pixel is of plus 1, or 0 for paper. */
  readonly masks: Uint8Array;
}

/** Small, fast and repeatable random numbers in [0, 1) (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Places 1 to 6 digits, 1.5 to 4 times as large, without touching one another, on noisy square canvases. */
export function makeScenes(
  digits: readonly Digit[],
  { count, size, seed }: { count: number; size: number; seed: number },
): Scenes {
  const random = randomNumbers(seed);
  const images = new Float32Array(count * size * size);
  const boxes = new Float32Array(count * maxDigits * 4);
  const labels = new Float32Array(count * maxDigits).fill(-1);
  const masks = new Uint8Array(count * size * size);
  for (let n = 0; n < count; n++) {
    const canvas = images.subarray(n * size * size, (n + 1) * size * size);
    const mask = masks.subarray(n * size * size, (n + 1) * size * size);
    for (let i = 0; i < canvas.length; i++) canvas[i] = random() * 0.15;
    for (const [k, { digit, x, y, side, box }] of scatter(digits, size, random).entries()) {
      draw(canvas, size, digit, x, y, side);
      mark(mask, size, digit, x, y, side);
      boxes.set(box, (n * maxDigits + k) * 4);
      labels[n * maxDigits + k] = digit.label;
    }
  }
  return { count, size, images, boxes, labels, masks };
}

type Box = readonly [x1: number, y1: number, x2: number, y2: number];
/** A digit, enlarged to a square of some side, the corner of which is at x, y. */
export interface Placed {
  readonly digit: Digit;
  readonly x: number;
  readonly y: number;
  readonly side: number;
  /** The box around its ink. */
  readonly box: Box;
}
/** A digit at a place, with its box. */
export function placed(digit: Digit, x: number, y: number, side: number): Placed {
  const drawn = inkBox(digit, side);
  return { digit, x, y, side, box: [x + drawn[0], y + drawn[1], x + drawn[2], y + drawn[3]] };
}

/** 1 to 6 digits, 1.5 to 4 times as large, that do not touch one another. */
export function scatter(digits: readonly Digit[], size: number, random: () => number): Placed[] {
  const wanted = 1 + Math.floor(random() * maxDigits);
  const found: Placed[] = [];
  for (let tries = 0; found.length < wanted && tries < 60; tries++) {
    const digit = digits[Math.floor(random() * digits.length)]!;
    const side = Math.round(8 * (1.5 + random() * 2.5));
    const [x, y] = [Math.floor(random() * (size - side)), Math.floor(random() * (size - side))];
    const next = placed(digit, x, y, side);
    if (!found.some(({ box }) => overlaps(box, next.box))) found.push(next);
  }
  return found;
}
const overlaps = (a: Box, b: Box): boolean => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** Ink of the enlarged digit at a pixel: bilinear between the centres of the 8x8 pixels. */
function inkAt({ pixels }: Digit, px: number, py: number, side: number): number {
  const [u, v] = [((px + 0.5) * 8) / side - 0.5, ((py + 0.5) * 8) / side - 0.5];
  const [u0, v0] = [Math.floor(u), Math.floor(v)];
  const at = (i: number, j: number): number => (i < 0 || j < 0 || i > 7 || j > 7 ? 0 : pixels[j * 8 + i]!);
  const [du, dv] = [u - u0, v - v0];
  return (
    (1 - dv) * ((1 - du) * at(u0, v0) + du * at(u0 + 1, v0)) +
    dv * ((1 - du) * at(u0, v0 + 1) + du * at(u0 + 1, v0 + 1))
  );
}

/** Whether ink can be seen at a pixel. */
const isInk = (digit: Digit, px: number, py: number, side: number): boolean => inkAt(digit, px, py, side) > 0.25;

/** The box around the ink that can be seen, within the enlarged square. */
function inkBox(digit: Digit, side: number): Box {
  let [x1, y1, x2, y2] = [side, side, 0, 0];
  for (let j = 0; j < side; j++)
    for (let i = 0; i < side; i++)
      if (isInk(digit, i, j, side)) {
        x1 = Math.min(x1, i);
        y1 = Math.min(y1, j);
        x2 = Math.max(x2, i + 1);
        y2 = Math.max(y2, j + 1);
      }
  return [x1, y1, x2, y2];
}

/** Adds an enlarged digit to a square canvas. */
export function draw(canvas: Float32Array, size: number, digit: Digit, x: number, y: number, side: number): void {
  for (let j = 0; j < side; j++)
    for (let i = 0; i < side; i++) {
      const at = (y + j) * size + x + i;
      canvas[at] = Math.min(1, canvas[at]! + inkAt(digit, i, j, side));
    }
}

/** Writes into a mask which pixels are of a digit. */
function mark(mask: Uint8Array, size: number, digit: Digit, x: number, y: number, side: number): void {
  for (let j = 0; j < side; j++)
    for (let i = 0; i < side; i++) if (isInk(digit, i, j, side)) mask[(y + j) * size + x + i] = digit.label + 1;
}
