import fc from 'fast-check';
import { expect, test } from 'vitest';
import { area, decode, encode, fromBoxes, fromCounts, fromPolygons, iou, merge, toBbox } from './index.ts';

/** Bitmaps of one size, some of them empty or full. */
const bitmaps = (count: number) =>
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([height, width]) => {
    const bits = fc.uint8Array({ min: 0, max: 1, minLength: height * width, maxLength: height * width });
    const plain = fc.constantFrom(0, 1).map((bit) => new Uint8Array(height * width).fill(bit));
    return fc.record({
      size: fc.constant([height, width] as const),
      maps: fc.array(fc.oneof(bits, plain), { minLength: count, maxLength: count }),
    });
  });
const sum = (bitmap: Uint8Array): number => bitmap.reduce((a, b) => a + b, 0);

test('what is encoded can be decoded, and its area and box are those of the bitmap', () => {
  fc.assert(
    fc.property(bitmaps(1), ({ size: [height, width], maps: [bitmap] }) => {
      const rle = encode(bitmap, [height, width]);
      expect(decode(rle)).toEqual(bitmap);
      expect(area(rle)).toBe(sum(bitmap));
      const inside = Array.from(bitmap.keys()).filter((i) => bitmap[i]);
      const [xs, ys] = [inside.map((i) => i % width), inside.map((i) => Math.floor(i / width))];
      const [x, y] = [Math.min(...xs), Math.min(...ys)];
      expect(toBbox(rle)).toEqual(
        inside.length ? [x, y, Math.max(...xs) - x + 1, Math.max(...ys) - y + 1] : [0, 0, 0, 0],
      );
    }),
  );
});

test('overlap, union and intersection count the same pixels as bitmaps', () => {
  fc.assert(
    fc.property(bitmaps(2), ({ size, maps: [a, b] }) => {
      const rles = [encode(a, size), encode(b, size)];
      const both = a.map((bit, i) => bit & b[i]);
      const either = a.map((bit, i) => bit | b[i]);
      expect(decode(merge(rles, { intersect: true }))).toEqual(both);
      expect(merge(rles)).toEqual(encode(either, size));
      expect(iou([rles[0]], [rles[1]])[0]).toBe(sum(both) && sum(both) / sum(either));
      expect(iou([rles[0]], [rles[1]], [1])[0]).toBe(sum(both) && sum(both) / sum(a));
    }),
  );
});

test('runs of no length change nothing but the text', () => {
  const plain = { size: [4, 4], counts: [2, 7, 7] };
  const superfluous = { size: [4, 4], counts: [2, 0, 0, 3, 0, 4, 7, 0] };
  expect(decode(superfluous)).toEqual(decode(plain));
  expect(toBbox(superfluous)).toEqual(toBbox(plain));
  expect(iou([superfluous], [plain])[0]).toBe(1);
  expect(merge([superfluous, superfluous])).toEqual(fromCounts(plain));
  expect(toBbox({ size: [4, 4], counts: [0, 0, 16] })).toEqual([0, 0, 0, 0]);
});

test('long runs take several characters and shorter ones are differences', () => {
  const mask = fromCounts({ size: [1000, 1000], counts: [500_000, 3, 400_000, 40, 99_957] });
  expect(fromCounts(mask)).toEqual(mask);
  expect(area(mask)).toBe(43);
});

test('a polygon is filled, and a box is drawn as one', () => {
  const square = fromPolygons([[2, 1, 6, 1, 6, 4, 2, 4]], 8, 10)[0];
  expect(toBbox(square)).toEqual([2, 1, 4, 3]);
  expect(area(square)).toBe(12);
  expect(fromBoxes([2, 1, 4, 3], 8, 10)).toEqual([square]);
  expect(area(fromPolygons([[-9, -9, 30, -9, 30, 30, -9, 30]], 8, 10)[0])).toBe(80);
});

test('corners far outside the image cost no more than near ones, and change nothing inside', () => {
  const far = fromPolygons([[0, 0, 3, 0, 3, 1e12]], 80, 100)[0];
  expect(toBbox(far)).toEqual([0, 0, 3, 80]);
  expect(area(fromPolygons([[-1e300, -1e300, 1e300, -1e300, 1e300, 1e300, -1e300, 1e300]], 8, 10)[0])).toBe(80);
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 6, maxLength: 12 }), (numbers) => {
      const polygon = numbers.slice(0, numbers.length & ~1);
      const mask = fromPolygons([polygon], 20, 30)[0];
      expect(decode(mask).length).toBe(600);
    }),
  );
});

test('masks that do not fit are errors', () => {
  expect(() => encode([1, 0], [2, 2])).toThrow('got 2 pixels for a size of 2 x 2');
  expect(() => area({ size: [2, 2], counts: [3] })).toThrow('the runs cover 3 pixels, but a mask of 2 x 2 has 4');
  expect(() => area({ size: [2, 2], counts: 'o' })).toThrow('ends inside a number');
  expect(() => area({ size: [2, 2], counts: '4O' })).toThrow('run 1 has the length -1');
  expect(() => area({ size: [1, 4], counts: [5, -1] })).toThrow('run 1 has the length -1');
  expect(() => fromPolygons([[0, 0, 1, 1, 0, 1]], 2 ** 20, 2 ** 20)).toThrow('fewer than 2^32 pixels');
  expect(() => merge([])).toThrow('got no masks');
  expect(() => merge([fromCounts({ size: [1, 2], counts: [2] }), fromCounts({ size: [2, 1], counts: [2] })])).toThrow(
    'cannot be merged',
  );
  expect(() => fromPolygons([[1, 2, 3, 4]], 5, 5)).toThrow('a polygon has 4 numbers');
});
