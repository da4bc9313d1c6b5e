import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encode } from 'fast-png';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layers, ops, utils } from '../../index.ts';

let folder: string;
const at = (...parts: readonly string[]): string => join(folder, ...parts);
async function put(place: string, bytes: string | Uint8Array): Promise<void> {
  await mkdir(dirname(at(place)), { recursive: true });
  await writeFile(at(place), bytes);
}
/** A grey image of one value. */
const image = (width: number, height: number, value: number): Promise<Uint8Array> =>
  utils.saveImg(null, ops.full([height, width, 1], value), { scale: false, fileFormat: 'png' });

const annotations = {
  images: [
    { id: 7, file_name: 'wide.png', width: 8, height: 4 },
    { id: 3, file_name: 'small.png', width: 2, height: 2 },
  ],
  categories: [
    { id: 18, name: 'dog' },
    { id: 1, name: 'person' },
  ],
  annotations: [
    { image_id: 7, category_id: 18, bbox: [2, 1, 4, 2], segmentation: [[2, 1, 6, 1, 6, 3, 2, 3]], iscrowd: 0 },
    { image_id: 7, category_id: 1, bbox: [0, 0, 8, 4], segmentation: { size: [4, 8], counts: [4, 28] }, iscrowd: 0 },
    { image_id: 3, category_id: 1, bbox: [0, 0, 2, 2], segmentation: { size: [2, 2], counts: [0, 4] }, iscrowd: 1 },
  ],
};
const voc = (
  file: string,
  ...objects: readonly (readonly [name: string, box: readonly number[], difficult?: number])[]
) =>
  `<?xml version="1.0"?><annotation><folder>V</folder><filename>${file}</filename>${objects
    .map(
      ([name, [x1, y1, x2, y2], difficult = 0]) =>
        `<object><name>${name}</name><difficult>${difficult}</difficult>
         <bndbox><xmin>${x1}</xmin><ymin>${y1}</ymin><xmax>${x2}</xmax><ymax>${y2}</ymax></bndbox>
         <part><name>head</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></part></object>`,
    )
    .join('')}</annotation>`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hornbeam-detection-'));
  await put('coco/images/wide.png', await image(8, 4, 100));
  await put('coco/images/small.png', await image(2, 2, 200));
  await put('coco/instances.json', JSON.stringify(annotations));
  await put('voc/JPEGImages/a.png', await image(4, 4, 10));
  await put('voc/JPEGImages/b.jpg', await image(2, 4, 20));
  await put('voc/Annotations/a.xml', voc('a.png', ['dog', [1, 1, 2, 4], 1], ['cat', [3, 2, 4, 3]]));
  await put('voc/Annotations/b.xml', voc('b.jpg', ['person', [1, 1, 2, 4]]));
  await put('voc/ImageSets/Main/train.txt', 'b\n');
  await put('voc/ImageSets/Main/cat_train.txt', 'a  1\nb -1\n');
  await put('voc/ImageSets/Segmentation/train.txt', 'a\n');
  const palette = Array.from({ length: 256 }, (_, k) => [k, 255 - k, 7] as const);
  const mask = (data: readonly number[]): Uint8Array =>
    encode({ width: 4, height: 4, channels: 1, depth: 8, data: Uint8Array.from(data), palette: palette as never });
  await put('voc/SegmentationClass/a.png', mask([12, 12, 0, 0, 12, 12, 8, 8, 12, 12, 8, 8, 12, 255, 0, 0]));
  await put('voc/SegmentationObject/a.png', mask([1, 1, 0, 0, 1, 1, 2, 2, 1, 1, 2, 2, 1, 255, 0, 0]));
});
afterAll(() => rm(folder, { recursive: true }));

async function first<T>(dataset: AsyncIterable<T>): Promise<T> {
  for await (const element of dataset) return element;
  throw new Error('nothing came');
}

test('a COCO folder gives images, boxes and labels, those that are missing as -1', async () => {
  const dataset = await utils.cocoDatasetFromDirectory(at('coco/images'), at('coco/instances.json'), {
    imageSize: [8, 16],
    shuffle: false,
  });
  expect([dataset.classNames, dataset.categoryIds]).toEqual([
    ['person', 'dog'],
    [1, 18],
  ]);
  expect(dataset.filePaths).toEqual([at('coco/images/wide.png'), at('coco/images/small.png')]);
  expect(dataset.cardinality()).toBe(1);
  const { images, boundingBoxes } = await first(dataset);
  expect([images.shape, images.dtype, await ops.mean(images, { axis: [1, 2, 3] }).array()]).toEqual([
    [2, 8, 16, 3],
    'float32',
    [100, 200],
  ]);
  expect(await boundingBoxes.labels.array()).toEqual([
    [1, 0],
    [-1, -1],
  ]);
  expect(await boundingBoxes.boxes.array()).toEqual([
    [
      [4, 2, 12, 6],
      [0, 0, 16, 8],
    ],
    [
      [-1, -1, -1, -1],
      [-1, -1, -1, -1],
    ],
  ]);
});

test('boxes and masks go where the images go, in every format', async () => {
  const options = { imageSize: 8, padToAspectRatio: true, batchSize: null, maxBoxes: 3, shuffle: false } as const;
  const dataset = await utils.cocoDatasetFromDirectory(at('coco/images'), annotations, {
    ...options,
    boundingBoxFormat: 'rel_xyxy',
    masks: 'instances',
    includeCrowds: true,
  });
  const { images, boundingBoxes, segmentationMasks } = await first(dataset);
  const rows = await ops.mean(images, { axis: [1, 2] }).array();
  expect(rows).toEqual([0, 0, 100, 100, 100, 100, 0, 0]);
  expect(await boundingBoxes.boxes.array()).toEqual([
    [0.25, 0.375, 0.75, 0.625],
    [0, 0.25, 1, 0.75],
    [-1, -1, -1, -1],
  ]);
  expect([segmentationMasks.shape, await ops.sum(segmentationMasks, { axis: [0, 1] }).array()]).toEqual([
    [8, 8, 3],
    [8, 28, 0],
  ]);
  const classes = await utils.cocoDatasetFromDirectory(at('coco/images'), annotations, {
    ...options,
    masks: 'classes',
  });
  const { segmentationMasks: plane } = await first(classes);
  // The first object, a dog (2), lies in front of the person (1).
  expect(await ops.squeeze(ops.getItem(plane, [{ slice: [2, 4] }])).array()).toEqual([
    [0, 1, 1, 1, 1, 1, 1, 1],
    [0, 1, 2, 2, 2, 2, 1, 1],
  ]);
});

test('a VOC folder gives images, boxes and masks', async () => {
  const all = await utils.vocDatasetFromDirectory(at('voc'), { imageSize: 4, shuffle: false });
  expect(all.classNames).toHaveLength(20);
  const { boundingBoxes } = await first(all);
  expect(await boundingBoxes.boxes.array()).toEqual([
    [
      [0, 0, 2, 4],
      [2, 1, 4, 3],
    ],
    [
      [0, 0, 4, 4],
      [-1, -1, -1, -1],
    ],
  ]);
  expect(await boundingBoxes.labels.array()).toEqual([
    [11, 7],
    [14, -1],
  ]);
  const some = await utils.vocDatasetFromDirectory(at('voc'), { imageSize: 4, split: 'train' });
  expect(some.filePaths).toEqual([at('voc/JPEGImages/b.jpg')]);
  const listed = await utils.vocDatasetFromDirectory(at('voc'), {
    split: 'cat_train',
    skipDifficult: true,
    shuffle: false,
  });
  expect(await (await first(listed)).boundingBoxes.labels.array()).toEqual([[7], [14]]);
  const options = { imageSize: 4, split: 'train', batchSize: null, skipDifficult: true } as const;
  const classes = await first(await utils.vocDatasetFromDirectory(at('voc'), { ...options, masks: 'classes' }));
  expect(await ops.reshape(classes.segmentationMasks, [16]).array()).toEqual([
    12, 12, 0, 0, 12, 12, 8, 8, 12, 12, 8, 8, 12, 255, 0, 0,
  ]);
  const instances = await first(await utils.vocDatasetFromDirectory(at('voc'), { ...options, masks: 'instances' }));
  expect(await ops.reshape(instances.segmentationMasks, [16]).array()).toEqual([
    0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0,
  ]);
});

test('layers over images move the boxes along', async () => {
  const dataset = await utils.vocDatasetFromDirectory(at('voc'), {
    imageSize: 8,
    shuffle: false,
    maxBoxes: 2,
    masks: 'classes',
    split: 'train',
  });
  const flip = new layers.RandomFlip({
    mode: 'horizontal',
    boundingBoxFormat: 'xyxy',
    seed: 1,
    dataFormat: 'channels_last',
  });
  const flipped = dataset.map((batch) => flip(batch, { training: true }));
  const { images, boundingBoxes, segmentationMasks } = await first(flipped);
  expect([images.shape, boundingBoxes.boxes.shape, segmentationMasks.shape]).toEqual([
    [1, 8, 8, 3],
    [1, 2, 4],
    [1, 8, 8, 1],
  ]);
});

test('mistakes are named', async () => {
  const coco = (change: object, options: object = {}): Promise<unknown> =>
    utils.cocoDatasetFromDirectory(at('coco/images'), { ...annotations, ...change }, options);
  const wrong = (change: object): object => ({ annotations: [{ ...annotations.annotations[0], ...change }] });
  await expect(coco(wrong({ image_id: 4 }))).rejects.toThrow(/annotations\[0\]\.image_id: there is no such image/);
  await expect(coco(wrong({ category_id: 4 }))).rejects.toThrow(/category_id: there is no such class/);
  await expect(coco(wrong({ bbox: [1, 2] }))).rejects.toThrow(/bbox: expected 4 numbers/);
  await expect(coco({ images: [] })).rejects.toThrow(/there is no such image/);
  await expect(coco({ images: [], annotations: [] })).rejects.toThrow(/there are no images/);
  for (const [options, message] of [
    [{ imageSize: [1] }, /imageSize is \[1\]/],
    [{ batchSize: 0 }, /batchSize is 0/],
    [{ maxBoxes: 0 }, /maxBoxes is 0/],
    [{ interpolation: 'x' }, /interpolation is "x"/],
    [{ boundingBoxFormat: 'x' }, /boundingBoxFormat is "x"/],
    [{ masks: 'x' }, /masks is "x"/],
    [{ corruptFiles: 'x' }, /corruptFiles is "x"/],
  ] as const)
    await expect(coco({}, options), JSON.stringify(options)).rejects.toThrow(message);
  const unmasked = await utils.cocoDatasetFromDirectory(
    at('coco/images'),
    { ...annotations, ...wrong({ segmentation: undefined }) },
    { masks: 'classes' },
  );
  await expect(first(unmasked)).rejects.toThrow(/wide\.png: the object 0 has no mask/);
  const options = { classNames: ['dog'] };
  await expect(utils.vocDatasetFromDirectory(at('voc'), options)).rejects.toThrow(
    /a\.xml: object 1 is "cat", which is none/,
  );
  await expect(utils.vocDatasetFromDirectory(at('voc'), { split: 'no' })).rejects.toThrow(/no\.txt/);
  await put('bad/Annotations/a.xml', '<annotation><object><name>dog</name></object></annotation>');
  await expect(utils.vocDatasetFromDirectory(at('bad'))).rejects.toThrow(/object 0 has no xmin/);
  await put('bad/Annotations/a.xml', 'nothing');
  await expect(utils.vocDatasetFromDirectory(at('bad'))).rejects.toThrow(/it has no <annotation>/);
});
