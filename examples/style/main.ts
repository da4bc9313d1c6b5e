/**
 * Redraws pictures in the manner of others: hills of the strokes of a brush, a leaf of stones, a cat of hatching, and stones of nothing.
 * Run it with `npm run example style`.
 */
import { mkdirSync } from 'node:fs';
import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { picture } from '../data/canvas.ts';
import { patchDistance, randomDirections, redraw } from './patches.ts';
import { manners, side, subjects } from './pictures.ts';

const out = 'out/style';
mkdirSync(out, { recursive: true });
const pairs = [
  ['hills', 'night', 40],
  ['leaf', 'mosaic', 48],
  ['cat', 'hatching', 56],
  ['noise', 'mosaic', 16],
] as const;
const directions = randomDirections(256, new keras.SeedGenerator({ seed: 1 }));
const apart = async (a: keras.Tensor, b: keras.Tensor): Promise<string> =>
  Math.sqrt((await patchDistance(a, b, directions).item()) as number).toFixed(3);

const rows: keras.Tensor[][] = [[], [], []];
for (const [subject, manner, coarsest] of pairs) {
  const clock = performance.now();
  const [start, wanted] = [subjects[subject]!, manners[manner]!].map((draw) => ops.expandDims(picture(draw(side)), 0));
  let drawn = start!;
  for (const { picture, step, of, distance } of redraw(start!, wanted!, { coarsest })) {
    drawn = picture;
    if (step % 40 === 0) await distance.item();
    if (step === of) drawn = ops.clip(picture, 0, 1);
  }
  const [before, after] = [await apart(start!, wanted!), await apart(drawn, wanted!)];
  const seconds = ((performance.now() - clock) / 1000).toFixed(0);
  console.log(`${subject} in the manner of ${manner}: patches ${before} apart before, ${after} after, ${seconds} s`);
  for (const [k, each] of [start!, wanted!, drawn].entries()) rows[k]!.push(each);
}
await keras.visualization.plotImageGallery(ops.concatenate(rows.flat()), {
  columns: pairs.length,
  scale: 1,
  valueRange: [0, 1],
  toFile: `${out}/redrawn.png`,
});
console.log(`Subjects, manners, and what became of them: ${out}/redrawn.png`);
