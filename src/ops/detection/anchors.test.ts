import { expect, test } from 'vitest';
import { decodeDistancesToBoxes, encodeBoxToDistances } from './box-distances.ts';
import { generateAnchors } from './generate-anchors.ts';

test('anchors stand in the cells of each level, in the order of a head’s rows', async () => {
  const anchors = generateAnchors([16, 24], { minLevel: 3, maxLevel: 4, boundingBoxFormat: 'center_xywh' });
  // 2x3 cells of 8 pixels and 1x2 of 16, nine anchors each.
  expect(anchors.shape).toEqual([(6 + 2) * 9, 4]);
  const rows = (await anchors.array()) as number[][];
  const centre = (row: number) => rows[row]!.slice(0, 2).map((x) => Math.round(x * 1e4) / 1e4);
  expect(centre(9)).toEqual([12, 4]);
  expect(centre(54 + 9)).toEqual([24, 8]);
  // Width over height, with the area of the square; scales within an octave.
  for (const [k, ratio] of [0.5, 1, 2, 0.5, 1, 2, 0.5, 1, 2].entries()) {
    const [, , width, height] = rows[k]!;
    expect(width! / height!).toBeCloseTo(ratio, 5);
    expect(Math.sqrt(width! * height!)).toBeCloseTo(32 * 2 ** (Math.floor(k / 3) / 3), 4);
  }
});

test('the last row and column of cells may reach beyond the image', async () => {
  const options = { minLevel: 3, maxLevel: 3, numScales: 1, aspectRatios: [1], anchorSize: 1 };
  expect(await generateAnchors([9, 8], options).array()).toEqual([
    [0, 0, 8, 8],
    [0, 8, 8, 16],
  ]);
});

test('options that name no anchors are refused', () => {
  expect(() => generateAnchors([0, 8])).toThrow('size of the images');
  expect(() => generateAnchors([8, 8], { minLevel: 5, maxLevel: 4 })).toThrow('levels are 5 to 4');
  expect(() => generateAnchors([8, 8], { aspectRatios: [1, -1] })).toThrow('aspectRatios');
  expect(() => generateAnchors([8, 8], { anchorSize: 0 })).toThrow('anchorSize');
  expect(() => generateAnchors([8, 8], { numScales: 1.5 })).toThrow('numScales');
});

test('distances encode what they decode, in any format', async () => {
  const size = { height: 20, width: 40 };
  const cells = generateAnchors([16, 16], { minLevel: 3, maxLevel: 3, numScales: 1, aspectRatios: [1], anchorSize: 1 });
  const boxes = [
    [1, 2, 9, 12],
    [10, 1, 15, 4],
    [0, 0, 16, 16],
    [3, 3, 5, 7],
  ];
  const distances = encodeBoxToDistances(cells, boxes);
  expect(((await distances.array()) as number[][])[0]).toEqual([3 / 8, 2 / 8, 5 / 8, 8 / 8]);
  expect(await decodeDistancesToBoxes(cells, distances).array()).toEqual(boxes);
  const relative = decodeDistancesToBoxes(cells, distances, { boxFormat: 'rel_xyxy', ...size });
  const back = await encodeBoxToDistances(cells, relative, { boxFormat: 'rel_xyxy', ...size }).data();
  const wanted = await distances.data();
  back.forEach((x, k) => void expect(x).toBeCloseTo(wanted[k]!, 5));
});
