import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as keras from 'hornbeam';
import { layers } from 'hornbeam';
import type { Digit } from '../data/digits.ts';

/** Writes digits as PNG files, a folder a digit: what a data set of one's own often looks like. */
export async function writeFolder(digits: readonly Digit[], folder: string): Promise<void> {
  for (let label = 0; label < 10; label++) await mkdir(join(folder, String(label)), { recursive: true });
  for (const [n, { pixels, label }] of digits.entries()) {
    const image = keras.tensor(
      pixels.map((ink) => Math.round(ink * 255)),
      { shape: [8, 8, 1] },
    );
    await keras.utils.saveImg(join(folder, String(label), `${n}.png`), image, { scale: false });
  }
}

/** A convolutional network that sees each image rotated, shifted and zoomed a little, differently in each epoch. */
export const makeModel = (side: number, classes: number): keras.Sequential =>
  new keras.Sequential([
    keras.Input({ shape: [side, side, 1] }),
    new layers.Rescaling({ scale: 1 / 255 }),
    new layers.RandomRotation({ factor: 0.03, fillMode: 'constant', seed: 1 }),
    new layers.RandomTranslation({ heightFactor: 0.08, widthFactor: 0.08, fillMode: 'constant', seed: 2 }),
    new layers.RandomZoom({ heightFactor: 0.1, widthFactor: 0.1, fillMode: 'constant', seed: 3 }),
    new layers.Conv2D({ filters: 32, kernelSize: 3, padding: 'same', activation: 'relu' }),
    new layers.MaxPooling2D(),
    new layers.Conv2D({ filters: 64, kernelSize: 3, padding: 'same', activation: 'relu' }),
    new layers.MaxPooling2D(),
    new layers.Flatten(),
    new layers.Dropout({ rate: 0.5 }),
    new layers.Dense({ units: classes, activation: 'softmax' }),
  ]);
