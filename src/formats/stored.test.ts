import { expect, test } from 'vitest';
import { bytesOf, checkNumbers, numbersFrom } from './stored.ts';

test('numbers survive the way through their bytes, wherever those begin', () => {
  const numbers = new Float32Array([1.5, -2, 3]);
  const shifted = new Uint8Array(13);
  shifted.set(bytesOf(numbers), 1);
  expect(numbersFrom(shifted.subarray(1), 'float32')).toEqual(numbers);
  expect(numbersFrom(bytesOf(new BigInt64Array([-1n])), 'int64')).toEqual(new BigInt64Array([-1n]));
});

test('data of the wrong array or count are refused', () => {
  expect(() => checkNumbers('w', [1], 'float16', new Float32Array(1))).toThrow('pass a Uint16Array');
  expect(() => checkNumbers('w', [2, 2], 'int8', new Int8Array(3))).toThrow('shape (2, 2) holds 4 elements, not 3');
});
