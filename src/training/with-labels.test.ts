import { expect, test } from 'vitest';
import { tensor } from '../tensor/index.ts';
import { withLabels } from './with-labels.ts';

const names = { epochs: true, sampleWeight: true, callbacks: true };
const x = [[1, 2]];
const batches = () => [][Symbol.iterator]();

test('labels come second, alone, in a list or by name', () => {
  for (const y of [tensor([1]), [1], [[1], [2]], new Float32Array(1), { a: [1], b: tensor([2]) }])
    expect(withLabels(x, y, undefined, names)[1]).toBe(y);
  expect(withLabels(tensor(x), { a: [1] }, undefined, names)[1]).toEqual({ a: [1] });
  expect(withLabels(x, [1], { epochs: 2 }, names)).toEqual([x, [1], { epochs: 2 }]);
  expect(withLabels(x, undefined, { epochs: 2 }, names)).toEqual([x, undefined, { epochs: 2 }]);
});
test('options come second where there are no labels', () => {
  expect(withLabels(x, { epochs: 2 }, undefined, names)).toEqual([x, undefined, { epochs: 2 }]);
  expect(withLabels(x, { sampleWeight: [1] }, undefined, names)[2]).toEqual({ sampleWeight: [1] });
  expect(withLabels(batches, { sampleWeight: [1] }, undefined, names)[2]).toEqual({ sampleWeight: [1] });
});
test('what is misspelt stays an option, so that it is refused as one', () => {
  expect(withLabels(x, { epocs: 2 }, undefined, names)[2]).toEqual({ epocs: 2 });
  expect(withLabels(x, { callbakcs: [new (class {})()] }, undefined, names)[2]).toHaveProperty('callbakcs');
  expect(withLabels(batches, { sampleWeigth: [1] }, undefined, names)[2]).toHaveProperty('sampleWeigth');
});
