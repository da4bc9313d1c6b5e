import { expect, test } from 'vitest';
import { evaluate } from '../coco/index.ts';
import { precisionRecallPlot } from './precision-recall.ts';

/** One image; of class k there are two objects, the first found with a score of 0.5 after k false alarms. */
const resultOf = (classCount: number, curves = true) => {
  const classes = Array.from({ length: classCount }, (_, k) => k);
  const categoryIds = classes.flatMap((k) => [k, k]);
  const found = classes.flatMap((k) => [k, ...new Array<number>(k).fill(k)]);
  return evaluate(
    {
      imageIds: [1],
      truths: {
        imageIds: categoryIds.map(() => 1),
        categoryIds,
        boxes: categoryIds.flatMap((_, i) => [0, 100 * (i % 2), 10, 10]),
      },
      detections: {
        imageIds: found.map(() => 1),
        categoryIds: found,
        scores: found.map((k, i) => (found[i - 1] === k ? 0.9 : 0.5)),
        boxes: found.flatMap((k, i) => (found[i - 1] === k ? [500, 500, 10, 10] : [0, 0, 10, 10])),
      },
    },
    { categoryIds: [...classes, 99], curves },
  );
};
const count = (text: string, part: string): number => text.split(part).length - 1;

test('every class with objects has a curve, and the legend its name and AP', () => {
  const svg = precisionRecallPlot(resultOf(2), { classNames: { 0: 'horn & <beam>' } });
  expect(svg.startsWith('<svg ') && svg.endsWith('</svg>')).toBe(true);
  expect(svg).toContain('Precision and recall at IoU 0.50');
  expect(svg).toContain('>horn &amp; &lt;beam&gt;</text>');
  expect(svg).toContain('>class 1</text>');
  expect(svg).not.toContain('class 99');
  // Half of the objects at full precision up to a recall of 0.5: 51 of 101 points; class 1 has a false alarm first.
  expect(svg).toContain(`>${(51 / 101).toFixed(3)}<`);
  expect(svg).toContain(`>${(51 / 202).toFixed(3)}<`);
  expect(count(svg, 'stroke-linejoin')).toBe(3);
});

test('curves are staircases that end where recall ends', () => {
  const svg = precisionRecallPlot(resultOf(1), { width: 396, height: 200, classNames: new Map([[0, 'one']]) });
  // The plot area is 100 x 100 at (60, 48).
  const path = /d="(M[^"]*)" fill="none" stroke="#4269d0"/.exec(svg)![1];
  expect(path).toMatch(/^M60\.0 48\.0H61\.0/);
  expect(path).toMatch(/H110\.0V148\.0$/);
  expect(svg).toContain('>one</text>');
});

test('beyond eight classes the rest is grey, unless others are chosen', () => {
  const svg = precisionRecallPlot(resultOf(10));
  expect(svg).toContain('>2 more classes</text>');
  const chosen = precisionRecallPlot(resultOf(10), { highlight: [9], iouThreshold: 0.75, title: 'Mine' });
  expect(chosen).toContain('>class 9</text>');
  expect(chosen).toContain('>9 more classes</text>');
  expect(chosen).toContain('>Mine</text>');
});

test('a result without objects still gives a picture', () => {
  expect(precisionRecallPlot(resultOf(0))).toContain('no class has objects');
});

test('missing curves, unknown thresholds and too many colours are errors', () => {
  expect(() => precisionRecallPlot(resultOf(1, false))).toThrow('the result has no curves');
  expect(() => precisionRecallPlot(resultOf(1), { iouThreshold: 0.52 })).toThrow('no overlap threshold 0.52');
  expect(() => precisionRecallPlot(resultOf(1), { highlight: [...new Array(9).keys()] })).toThrow(
    '9 classes to highlight',
  );
});
