import { expect, test } from 'vitest';
import { evaluate } from './evaluate.ts';
import { loadAnnotations, loadDetections } from './load.ts';

const annotations = () => ({
  images: [
    { id: 5, width: 100, height: 80, file_name: 'a.jpg' },
    { id: 2, width: 100, height: 80 },
  ],
  categories: [
    { id: 3, name: 'horn' },
    { id: 1, name: 'beam' },
  ],
  annotations: [
    {
      id: 1,
      image_id: 5,
      category_id: 3,
      bbox: [10, 10, 20, 20],
      area: 400,
      iscrowd: 0,
      segmentation: [[10, 10, 30, 10, 30, 30, 10, 30]],
    },
    {
      id: 2,
      image_id: 2,
      category_id: 1,
      bbox: [0, 0, 50, 40],
      area: 2000,
      segmentation: [[0, 0, 50, 0, 50, 40, 0, 40]],
    },
  ],
});
const detections = () => [
  { image_id: 5, category_id: 3, bbox: [10, 10, 20, 18], score: 0.9 },
  { image_id: 2, category_id: 1, bbox: [0, 0, 50, 40], score: 0.8 },
];

test('annotations and detections become columns, and are evaluated', () => {
  const truths = loadAnnotations(JSON.stringify(annotations()));
  expect(truths.images[0]).toEqual({ id: 5, width: 100, height: 80, fileName: 'a.jpg' });
  expect(truths.categories).toEqual([
    { id: 3, name: 'horn' },
    { id: 1, name: 'beam' },
  ]);
  const result = evaluate(
    { ...truths, detections: loadDetections(detections(), truths) },
    { categoryIds: truths.categoryIds },
  );
  expect(result.categoryIds).toEqual([1, 3]);
  // An overlap of 0.9 is a match at the nine thresholds up to 0.8999999999999999.
  expect([...result.perClassAr]).toEqual([1, 0.9]);
});

test('masks are read from polygons and run lengths; a result file of masks can be evaluated by boxes too', () => {
  const truths = loadAnnotations(annotations(), { iouType: 'segm' });
  const masks = [
    { image_id: 5, category_id: 3, score: 0.5, segmentation: { size: [80, 100], counts: [810, 20, 60, 20, 7090] } },
  ];
  const found = loadDetections(masks, truths, { iouType: 'segm' });
  expect(found.boxes).toBeUndefined();
  expect(evaluate({ ...truths, detections: found }, { iouType: 'segm', iouThresholds: [0.1] }).perClassAr[1]).toBe(1);
  const boxes = loadDetections(masks, truths);
  expect([...(boxes.boxes as Float64Array)]).toEqual([10, 10, 2, 20]);
  expect([...(boxes.areas as Float64Array)]).toEqual([40]);
});

type Annotations = ReturnType<typeof annotations>;

test.each<[string, (file: Annotations) => unknown, string]>([
  ['three numbers', (file) => (file.annotations[1].bbox = [1, 2, 3]), 'annotations[1].bbox: expected 4 numbers, got 3'],
  [
    'text in a box',
    (file) => (file.annotations[0].bbox[2] = '7' as unknown as number),
    "annotations[0].bbox[2]: expected a number, got '7'",
  ],
  [
    'no area',
    (file) => Reflect.deleteProperty(file.annotations[1], 'area'),
    'annotations[1].area: expected a number, got nothing',
  ],
  ['an unknown image', (file) => (file.annotations[0].image_id = 9), 'annotations[0].image_id: no image has the id 9'],
  [
    'a fractional class',
    (file) => (file.annotations[0].category_id = 1.5),
    'annotations[0].category_id: expected an integer, got 1.5',
  ],
  ['a crowd of 2', (file) => (file.annotations[0].iscrowd = 2), 'annotations[0].iscrowd: expected 0 or 1, got 2'],
  ['two images with one id', (file) => (file.images[1].id = 5), 'images[1].id: 5 is the id of entry 0 too'],
  ['no categories', (file) => Reflect.deleteProperty(file, 'categories'), 'categories: expected a list, got nothing'],
  [
    'an object for a list',
    (file) => Object.assign(file, { annotations: {} }),
    'annotations: expected a list, got an object',
  ],
  ['a null', (file) => Object.assign(file.annotations, [null]), 'annotations[0]: expected an object, got null'],
])('a wrong annotation file gets an error with the place: %s', (_, spoil, message) => {
  const file = annotations();
  spoil(file);
  expect(() => loadAnnotations(file, { file: 'instances.json' })).toThrow(`instances.json: ${message}`);
});

test('wrong masks are named too', () => {
  const load = (segmentation: unknown) => () => {
    const file = annotations();
    Object.assign(file.annotations[1], { segmentation });
    loadAnnotations(file, { iouType: 'segm' });
  };
  expect(load([[1, 2, 3, 4]])).toThrow(
    'annotations[1].segmentation[0]: expected x and y of three or more corners, got 4 numbers',
  );
  expect(load([])).toThrow('annotations[1].segmentation: expected at least one polygon, got none');
  expect(load({ size: [80, 100], counts: [1, 2] })).toThrow(
    'annotations[1].segmentation: RLE mask: the runs cover 3 pixels',
  );
  expect(load({ size: [80], counts: '0' })).toThrow('annotations[1].segmentation.size: expected 2 numbers, got 1');
  expect(load({ size: [80, 100], counts: 'a~' })).toThrow("has '~' at position 1");
  expect(load('x')).toThrow("annotations[1].segmentation: expected an object, got 'x'");
});

test('a wrong result file gets an error with the place', () => {
  const truths = loadAnnotations(annotations());
  const load = (json: unknown) => () => loadDetections(json, truths, { file: 'results.json' });
  expect(load({})).toThrow('results.json: the whole file: expected a list, got an object');
  expect(load('[{"image_id": 5,')).toThrow('results.json: this is no JSON');
  expect(load([...detections(), { ...detections()[0], image_id: 77 }])).toThrow('[2].image_id: no image has the id 77');
  expect(load([{ ...detections()[0], score: null }])).toThrow('[0].score: expected a number, got null');
  expect(load([detections()[0], { image_id: 2, category_id: 1, score: 1 }])).toThrow(
    '[1].bbox: expected 4 numbers, got nothing',
  );
});

test('masks where boxes are wanted, and boxes where masks are, end in the call that reads masks', () => {
  const truths = loadAnnotations(annotations(), { iouType: 'segm' });
  const box = { image_id: 5, category_id: 3, score: 0.5, bbox: [10, 10, 20, 20] };
  const mask = { image_id: 5, category_id: 3, score: 0.5, segmentation: { size: [80, 100], counts: [8000] } };
  expect(() => loadDetections([box, mask], truths)).toThrow("loadDetections(…, { iouType: 'segm' })");
  const boxes = loadDetections([box], truths);
  expect(() => evaluate({ ...truths, detections: boxes }, { iouType: 'segm' })).toThrow(
    "loadDetections(…, { iouType: 'segm' })",
  );
  const { bbox: _, ...bare } = annotations().annotations[0] as Record<string, unknown>;
  expect(() => loadAnnotations({ ...annotations(), annotations: [bare] })).toThrow(
    "loadAnnotations(…, { iouType: 'segm' })",
  );
});
