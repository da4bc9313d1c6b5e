import { expect, test } from 'vitest';
import * as tree from './index.ts';

const nest = { b: [1, 2], a: [3, null, {}] };

test('leaves come in order of position and sorted key', () => {
  expect(tree.flatten(nest)).toEqual([3, null, 1, 2]);
  expect(tree.flatten(5)).toEqual([5]);
  expect(tree.flattenWithPath(nest)).toEqual([
    [['a', 0], 3],
    [['a', 1], null],
    [['b', 0], 1],
    [['b', 1], 2],
  ]);
  expect(tree.flattenWithPath(5)).toEqual([[[], 5]]);
  expect([{}, [], 1, 'ab', null, new Float32Array(2)].map(tree.isNested)).toEqual([
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test('maps keep the form, and the keys as they were written', () => {
  const mapped = tree.mapStructure((x: number | null) => (x ?? 0) + 1, nest);
  expect(mapped).toEqual({ b: [2, 3], a: [4, 1, {}] });
  expect(Object.keys(mapped)).toEqual(['b', 'a']);
  expect(tree.mapStructure((x, y) => x + y, [1, [2]], [3, [4]])).toEqual([4, [6]]);
  expect(tree.mapStructure((x) => x + 1, { b: 1, a: null }, { noneIsLeaf: false })).toEqual({ b: 2, a: null });
  expect(tree.mapStructure((x, y) => [x, y], { noneIsLeaf: 1 }, { noneIsLeaf: true })).toEqual({
    noneIsLeaf: [1, true],
  });
  expect(tree.mapStructureUpTo([null, null], (a, b) => ({ a, b }), [[1], 2], [3, [4]])).toEqual([
    { a: [1], b: 3 },
    { a: 2, b: [4] },
  ]);
});

test('structures of other forms are refused, with the place', () => {
  const sum = (x: number, y: number): number => x + y;
  expect(() => tree.mapStructure(sum, [1, [2]], [3, 4])).toThrow(/differ at \[1\]: one has a list, the other 4/);
  expect(() => tree.mapStructure(sum, { a: 1 }, { b: 4 })).toThrow(/the keys a, the other b/);
  expect(() => tree.mapStructure(sum, [1, 2], [1])).toThrow(/2 elements, the other 1/);
  expect(() => tree.mapStructure(sum, [1, 2], [1, [2]])).toThrow(/one goes deeper/);
  expect(() => tree.mapStructure(sum)).toThrow(/no structure was given/);
  expect(() => tree.mapStructure(sum, { a: null }, { a: 3 }, { noneIsLeaf: false })).toThrow(/null stands beside 3/);
  expect(() => tree.mapStructure(5 as never, [1])).toThrow(/expects a function, got 5/);
  expect(() => tree.mapStructureUpTo([null, [1]], (x) => x, [[1], 2])).toThrow(/differ at \[1\]/);
  expect(() => tree.mapStructureUpTo({ x: 0 }, (x) => x, { x: [1], y: 2 })).toThrow(/the keys x, the other x, y/);
  expect(() => tree.assertSameStructure([1, [2]], [1, 2])).toThrow(/differ at \[1\]/);
  tree.assertSameStructure([1, [2]], [1, [3]]);
});

test('paths tell lists and objects apart', () => {
  tree.assertSamePaths({ a: [1] }, { a: [2] });
  expect(() => tree.assertSamePaths({ '0': 1 }, [1])).toThrow(/\["0"\] only in the first, \[0\] only in the second/);
});

test('packs leaves, one for each place', () => {
  expect(tree.packSequenceAs({ b: [1, 2], a: 3 }, [7, 8, 9])).toEqual({ b: [8, 9], a: 7 });
  expect(tree.packSequenceAs(3, [7])).toBe(7);
  expect(() => tree.packSequenceAs([1, 2], [7])).toThrow(/1 leaves do not fit 2 places/);
  expect(() => tree.packSequenceAs([3], 7 as never)).toThrow(/the leaves are 7/);
});

test('shapes are leaves', () => {
  const shapes = { a: [null, 2], b: [[1, 2], [3]] };
  expect(tree.mapShapeStructure((s: number[]) => [...s, 9], shapes)).toEqual({
    a: [null, 2, 9],
    b: [
      [1, 2, 9],
      [3, 9],
    ],
  });
  expect(tree.mapShapeStructure((s) => ({ s }), [1, 'a'])).toEqual([{ s: 1 }, { s: 'a' }]);
});

test('traverses from the top down and from the bottom up', () => {
  const visit = (topDown: boolean): unknown[] => {
    const seen: unknown[] = [];
    tree.traverse((x) => void seen.push(x), { b: [1, 2], a: 3 }, { topDown });
    return seen;
  };
  expect(visit(true)).toEqual([{ b: [1, 2], a: 3 }, 3, [1, 2], 1, 2]);
  expect(visit(false)).toEqual([3, 1, 2, [1, 2], { b: [1, 2], a: 3 }]);
  expect(tree.traverse((x) => (x === 2 ? tree.MAP_TO_NONE : null), { b: [1, 2], a: 3 })).toEqual({
    b: [1, null],
    a: 3,
  });
  expect(tree.traverse((x) => (Array.isArray(x) ? tree.MAP_TO_NONE : null), { b: [1], a: 3 })).toEqual({
    b: null,
    a: 3,
  });
});

test('tuples are frozen copies', () => {
  const given = { b: [1, [2]] };
  const frozen = tree.listsToTuples(given);
  expect(frozen).toEqual(given);
  expect([frozen.b, frozen.b[1], given.b].map(Object.isFrozen)).toEqual([true, true, false]);
});

test('a nest without end is refused', () => {
  const loop: unknown[] = [];
  loop.push(loop);
  const calls: (() => unknown)[] = [
    () => tree.flatten(loop as never),
    () => tree.mapStructure((x) => x, loop),
    () => tree.traverse(() => null, loop),
    () => tree.mapShapeStructure((x) => x, loop),
    () => tree.listsToTuples(loop),
  ];
  for (const call of calls) expect(call).toThrow(/nested deeper/);
});
