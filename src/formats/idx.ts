import { fail } from '../base/errors.ts';

/** Reads an IDX file of bytes, the form of MNIST: two zeros, 8 for bytes, the number of axes, their sizes, then the bytes. */
export function readIdx(bytes: Uint8Array): { readonly shape: readonly number[]; readonly data: Uint8Array } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + 4 * (bytes[3] ?? 0);
  if (bytes.length < start || start === 4 || view.getUint16(0) !== 0 || bytes[2] !== 8)
    fail('idx file', 'does not begin like an IDX file of bytes', damaged);
  const shape = Array.from({ length: bytes[3] }, (_, k) => view.getUint32(4 + 4 * k));
  const size = shape.reduce((product, n) => product * n, 1);
  if (bytes.length - start !== size)
    fail('idx file', `holds ${bytes.length - start} bytes of data where its shape needs ${size}`, damaged);
  return { shape, data: bytes.subarray(start) };
}
const damaged = 'the file is damaged or incomplete: fetch it again';
