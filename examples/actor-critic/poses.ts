import type * as keras from 'hornbeam';
import { canvas, dot, picture, stroke } from '../data/canvas.ts';
import { farthest, steepest } from './cart-pole.ts';

/** Draws a game as overlaid poses, from light to dark, until the pole falls; `[height, width, 3]`. */
export function poses(states: ArrayLike<number>, size: { height: number; width: number }): keras.Tensor {
  const on = canvas(size.height, size.width);
  const [ground, length] = [size.height * 0.8, size.height * 0.6];
  const place = (x: number): number => size.width * (0.5 + (0.46 * x) / farthest);
  stroke(on, [place(-farthest), ground], [place(farthest), ground], 0.7, [0.5, 0.5, 0.5]);
  let steps = 0;
  const falls = (k: number): boolean =>
    Math.abs(states[k * 4]!) > farthest || Math.abs(states[k * 4 + 2]!) > 3 * steepest;
  while (steps < states.length / 4 && !falls(steps)) steps++;
  const shown = 12;
  for (let k = 0; k < shown; k++) {
    const at = Math.round(((steps - 1) * k) / (shown - 1)) * 4;
    const light = 0.75 * (1 - k / (shown - 1));
    const [x, angle] = [place(states[at]!), states[at + 2]!];
    const top = [x + length * Math.sin(angle), ground - length * Math.cos(angle)] as const;
    stroke(on, [x, ground - 4], top, 1.4, [0.85 + 0.15 * light, 0.35 + 0.65 * light, 0.1 + 0.9 * light]);
    stroke(on, [x - 11, ground - 4], [x + 11, ground - 4], 3.4, [light, light, 0.15 + 0.85 * light]);
    dot(on, x, ground - 4, 1.5, [1, 1, 1]);
  }
  return picture(on);
}
