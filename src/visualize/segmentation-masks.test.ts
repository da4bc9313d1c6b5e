import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { expect, test } from 'vitest';
import { tensor } from '../tensor/index.ts';
import { drawSegmentationMasks, plotSegmentationMaskGallery } from './pictures.ts';
import type { DrawSegmentationMasksOptions } from './segmentation-masks.ts';

const pixels = [172, 47, 117, 192, 67, 251, 195, 103, 9, 211, 21, 242, 36, 87, 70, 216, 88, 140];
const images = tensor(pixels, { shape: [1, 2, 3, 3], dtype: 'uint8' });
const classes = [0, 1, 2, 3, 2, 0];
const masks = tensor(classes, { shape: [1, 2, 3, 1], dtype: 'int32' });

const colorMapping = { 1: [255, 0, 0], 2: [0, 255, 0], 3: [9, 9, 200] } as const;
const fromKeras: readonly (readonly [DrawSegmentationMasksOptions, readonly number[]])[] = [
  [{}, [172, 47, 117, 39, 115, 75, 40, 223, 51, 44, 105, 122, 8, 220, 63, 216, 88, 140]],
  [{ alpha: 0.5 }, [172, 47, 117, 96, 97, 141, 98, 178, 35, 107, 73, 167, 19, 170, 66, 216, 88, 140]],
  [{ colorMapping, alpha: 0.3 }, [172, 47, 117, 210, 46, 175, 136, 148, 6, 150, 17, 229, 25, 137, 49, 216, 88, 140]],
];
test.each(fromKeras)('masks are drawn as Keras draws them: %j', async (options, expected) => {
  const drawn = await drawSegmentationMasks(images, masks, options);
  expect(drawn.dtype).toBe('uint8');
  expect([...(await drawn.data())]).toEqual(expected);
  const flat = await drawSegmentationMasks(images, [[classes.slice(0, 3), classes.slice(3)]], options);
  expect([...(await flat.data())]).toEqual(expected);
});

test('what is no class of the drawing stays as it is, and colours may cover all', async () => {
  const covered = [...(await (await drawSegmentationMasks(images, masks, { blend: false })).data())];
  expect(covered.slice(3, 12)).toEqual([1, 127, 31, 2, 254, 62, 3, 126, 93]);
  const few = [...(await (await drawSegmentationMasks(images, masks, { numClasses: 1, blend: false })).data())];
  expect(few).toEqual([...pixels.slice(0, 3), 1, 127, 31, ...pixels.slice(6)]);
  const ignored = await drawSegmentationMasks(images, masks, { ignoreIndex: 1, blend: false });
  expect([...(await ignored.data())].slice(3, 6)).toEqual(pixels.slice(3, 6));
});

test('masks that fit no images are refused', async () => {
  await expect(
    drawSegmentationMasks(images, [
      [
        [0.5, 0, 1],
        [0, 0, 0],
      ],
    ]),
  ).rejects.toThrow(/holds 0.5.*\n.*argmax/);
  await expect(drawSegmentationMasks(images, [[[1, 0]]])).rejects.toThrow(/\(1, 1, 2\) for 1 images of 3x2/);
  await expect(drawSegmentationMasks(images, masks, { alpha: 2 })).rejects.toThrow(/alpha is 2/);
});

test('a gallery shows images, truth and prediction beside each other', async () => {
  const toFile = join(mkdtempSync(join(tmpdir(), 'masks-')), 'masks.png');
  const picture = decode(
    await plotSegmentationMaskGallery(images, { yTrue: masks, yPred: masks, scale: 1, dpi: 60, toFile }),
  );
  const alone = decode(await plotSegmentationMaskGallery(images, { scale: 1, dpi: 60 }));
  expect(picture.width).toBeGreaterThan(2.5 * alone.width);
});
