import { expect, it, test } from 'vitest';
import { isSafetensors, readSafetensors, writeSafetensors } from './safetensors.ts';

/** A file with a header as text, and data of zeros. */
function file(header: string, size = 0, length = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  return bytes;
}

it('writes the bytes that the format tells, wide elements first, and reads them', () => {
  const bytes = writeSafetensors(
    new Map([
      ['b', { dtype: 'uint8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
      ['a', { dtype: 'float32', shape: [1, 2], data: Float32Array.of(1.5, -2) }],
      ['h', { dtype: 'bfloat16', shape: [], data: Uint16Array.of(0x3f80) }],
    ]),
    { format: 'pt' },
  );
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  expect(length % 8).toBe(0);
  expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
    h: { dtype: 'BF16', shape: [], data_offsets: [8, 10] },
    b: { dtype: 'U8', shape: [3], data_offsets: [10, 13] },
  });
  const found = readSafetensors(bytes);
  expect(found.get('a')).toEqual({ dtype: 'float32', shape: [1, 2], data: Float32Array.of(1.5, -2) });
  expect(found.get('h')).toEqual({ dtype: 'bfloat16', shape: [], data: Uint16Array.of(0x3f80) });
  expect(found.get('b')!.data).toEqual(Uint8Array.of(1, 2, 3));
});

const one = (entry: object): string => JSON.stringify({ x: entry });
test.each([
  ['is too short', new Uint8Array(4), 'does not begin with the length of a header'],
  ['has a header that is longer than it', file('{}', 0, 9000), 'does not begin with the length of a header'],
  ['has a header that is no JSON', file('{"x": '), 'its header is no JSON'],
  ['nests without end', file(`{"x":${'['.repeat(200_000)}`), 'its header is no JSON'],
  [
    'has a dtype that is no text',
    file(one({ dtype: { toString: 1 }, shape: [], data_offsets: [0, 1] }), 1),
    'its dtype {"toString":1} is none that is read',
  ],
  [
    'has a dtype that is unknown',
    file(one({ dtype: 'F8_E4M3', shape: [], data_offsets: [0, 1] }), 1),
    'dtype "F8_E4M3"',
  ],
  ['has sizes below zero', file(one({ dtype: 'U8', shape: [-1], data_offsets: [0, 0] })), 'no list of sizes'],
  ['has a size without end', file(one({ dtype: 'U8', shape: [1e300], data_offsets: [0, 0] })), 'no list of sizes'],
  [
    'promises more than it has',
    file(one({ dtype: 'U8', shape: [9], data_offsets: [0, 9] }), 8),
    'do not lie in the file',
  ],
  [
    'has a shape that does not fill its bytes',
    file(one({ dtype: 'F32', shape: [3], data_offsets: [0, 8] }), 8),
    'does not fill',
  ],
  [
    'multiplies sizes beyond all numbers',
    file(one({ dtype: 'U8', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 8] }), 8),
    'does not fill',
  ],
  ['describes a tensor by nothing', file('{"x":null}'), 'its dtype undefined'],
  [
    'lets tensors share bytes',
    file(
      JSON.stringify({
        a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] },
        b: { dtype: 'U8', shape: [2], data_offsets: [1, 3] },
      }),
      3,
    ),
    'two tensors share',
  ],
])('refuses a file that %s', (_, bytes, message) => {
  expect(() => readSafetensors(bytes)).toThrow(message);
});

it('knows such a file by its first bytes', () => {
  expect(isSafetensors(file('{}'))).toBe(true);
  expect(isSafetensors(new TextEncoder().encode('PK\u0003\u0004 a zip archive'))).toBe(false);
});
