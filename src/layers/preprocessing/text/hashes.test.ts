import { expect, test } from 'vitest';
import { binsOf } from './bins.ts';

const texts = [
  ...['', 'a', 'ab', 'abc', 'abcd', 'hello', '12345678', '0123456789abcdef', '0123456789abcdefg', 'x'.repeat(32)],
  ...['зелёный'.repeat(3), 'y'.repeat(33), 'z'.repeat(64), 'w'.repeat(65)],
  'The quick brown fox jumps over the lazy dog, and then again and again and once more, until it is tired.',
  ...['q'.repeat(128), 'r'.repeat(129), 's'.repeat(300)],
];
// What tf.strings.to_hash_bucket_fast and to_hash_bucket_strong of TensorFlow 2.21 give for 2^31 - 1 bins.
const farm = [
  1699943623, 493484721, 399016389, 1043552938, 2127136445, 441440317, 692280247, 100009012, 1912983899, 848040801,
  1289619690, 470090442, 2083540921, 393034977, 1514089891, 1807857095, 76214803, 1137176911,
];
const sip = [
  1380786607, 1322453157, 48478701, 1436537283, 298740832, 2028777138, 2126212914, 782367857, 895531319, 615956187,
  1373769837, 90585071, 1013034766, 471871896, 732394636, 1267813830, 1877607078, 1176045302,
];

test('texts of every length fall into the bins of TensorFlow', () => {
  expect(texts.map(binsOf(2 ** 31 - 1, null))).toEqual(farm);
  expect(texts.map(binsOf(2 ** 31 - 1, [133, 137]))).toEqual(sip);
});
