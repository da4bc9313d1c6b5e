import * as keras from 'hornbeam';
import { ops } from 'hornbeam';
import { expect, test } from 'vitest';
import { picture } from '../data/canvas.ts';
import { patchDistance, randomDirections, redraw, type Stage } from './patches.ts';
import { manners, subjects } from './pictures.ts';

const side = 24;
const [leaf, mosaic] = [subjects['leaf']!, manners['mosaic']!].map((draw) => ops.expandDims(picture(draw(side)), 0));
const directions = randomDirections(64, new keras.SeedGenerator({ seed: 1 }));
const apart = (a: keras.Tensor, b: keras.Tensor): Promise<number> =>
  patchDistance(a, b, directions).item() as Promise<number>;

test('pictures of the same patches are not apart, wherever these are', async () => {
  const lengths = ops.sum(ops.square(directions), { axis: [0, 1, 2] });
  expect(await ops.max(ops.abs(ops.subtract(lengths, 1))).item()).toBeLessThan(1e-5);
  expect(await apart(leaf!, leaf!)).toBe(0);
  expect(await apart(leaf!, mosaic!)).toBeGreaterThan(1e-3);
  // Two of every patch, and each of them moved by half the side.
  const tiled = ops.tile(ops.getItem(mosaic!, [{ slice: [0, 1] }, { slice: [0, 12] }]), [1, 4, 2, 1]);
  const rolled = ops.roll(tiled, 12, { axis: 1 });
  expect(await apart(tiled, rolled)).toBeLessThan(1e-9);
});

test('a picture that is redrawn has the patches of the other', async () => {
  let last: Stage | undefined;
  const sides = new Set<number>();
  for (const stage of redraw(leaf!, mosaic!, { coarsest: 16, steps: 40, directions: 16 })) {
    last = stage;
    sides.add(stage.side);
  }
  const { picture: drawn, step, of } = last!;
  expect([...sides]).toEqual([16, side]);
  expect([drawn.shape, step]).toEqual([[1, side, side, 3], of]);
  expect(await apart(drawn, mosaic!)).toBeLessThan((await apart(leaf!, mosaic!)) / 5);
});
