import { expect, test } from 'vitest';
import { readPickle } from './pickle.ts';

const pickle = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

test('numbers, texts, lists and dictionaries are read', () => {
  // pickle.dumps([1, -2, 300, 70000, 2**40, 2**70, 0.5, None, True, "é", b"b", (1, 2, 3, 4), {"a": [1]}], protocol=4)
  const hex =
    '80049552000000000000005d94284b014afeffffff4d2c014a701101008a060000000000018a0900000000000000' +
    '0040473fe00000000000004e888c02c3a99443016294284b014b024b034b0474947d948c0161945d944b016173652e';
  const bytes = Uint8Array.from(hex.match(/../g)!, (byte) => Number.parseInt(byte, 16));
  expect(readPickle(bytes)).toEqual([
    1,
    -2,
    300,
    70000,
    2 ** 40,
    2n ** 70n,
    0.5,
    null,
    true,
    'é',
    pickle('b'),
    [1, 2, 3, 4],
    new Map([['a', [1]]]),
  ]);
});

test('what would run programs, or is damaged, is refused', () => {
  expect(() => readPickle(pickle('cos\nsystem\nU\x02ls\x85R.'))).toThrow(/holds os\.system, which is not read/);
  expect(() => readPickle(pickle('cnumpy\ndtype\n.'))).toThrow(/holds a function/);
  for (const damaged of ['', ']', 'e.', ']K', 'h\x05.', ']]b.', 'K\x01K\x02a.', 'a.', 'T\xff\xff\xff\xff.', 't.', 'o.'])
    expect(() => readPickle(pickle(damaged)), damaged).toThrow(/^pickle: /);
  expect(() => readPickle(pickle('cnumpy\ndtype\nU\x02u1\x85R.'))).toThrow(/dtype alone/);
});
