import { fileURLToPath } from 'node:url';
import * as keras from 'hornbeam';
import type { Labelled } from './load-data.ts';

/** What is on the photographs: their folders. */
export const classNames = ['animals', 'fishes', 'monuments', 'tools', 'windmills'] as const;

const folder = (name: string): string =>
  fileURLToPath(new URL(import.meta.url.includes('/build/') ? `../../data/${name}` : `./${name}`, import.meta.url));

/** 200 photographs, cut to squares, `[200, side, side, 3]` from 0 to 255, and the numbers of their classes. */
export async function loadPhotographs(side: number): Promise<Labelled> {
  const all = await keras.utils.imageDatasetFromDirectory(folder('photographs'), {
    imageSize: [side, side],
    cropToAspectRatio: true,
    shuffle: false,
    batchSize: 200,
  });
  for await (const [x, y] of all) return [x, y] as Labelled;
  throw new Error('no photographs');
}

/** 47 other photographs of all kinds of things, without labels. */
export async function loadMorePhotographs(side: number): Promise<keras.Tensor> {
  const all = await keras.utils.imageDatasetFromDirectory(folder('more-photographs'), {
    labels: null,
    imageSize: [side, side],
    cropToAspectRatio: true,
    shuffle: false,
    batchSize: 47,
  });
  for await (const x of all) return x as unknown as keras.Tensor;
  throw new Error('no photographs');
}
