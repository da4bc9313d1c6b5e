import { fail } from '../base/errors.ts';
import { part } from '../base/part.ts';

/** The font in a WOFF file (version 1) as the TrueType or OpenType file that it was: its tables, decompressed. */
export async function readWoff(woff: Uint8Array): Promise<Uint8Array> {
  const from = new DataView(woff.buffer, woff.byteOffset, woff.byteLength);
  if (woff.byteLength < 44 || from.getUint32(0) !== 0x774f4646)
    fail('font', 'the bytes are no WOFF file', 'give a .woff file (version 1)');
  const { unzlibSync } = await part('font', () => import('fflate'));
  const count = from.getUint16(12);
  const tables = Array.from({ length: count }, (_, k) => {
    const at = 44 + 20 * k;
    const [start, packed, size] = [from.getUint32(at + 4), from.getUint32(at + 8), from.getUint32(at + 12)];
    const bytes = woff.subarray(start, start + packed);
    return {
      tag: from.getUint32(at),
      checksum: from.getUint32(at + 16),
      bytes: packed < size ? unzlibSync(bytes, { out: new Uint8Array(size) }) : bytes,
    };
  });
  const padded = (n: number): number => (n + 3) & ~3;
  const font = new Uint8Array(12 + 16 * count + tables.reduce((n, { bytes }) => n + padded(bytes.length), 0));
  const to = new DataView(font.buffer);
  const log = Math.floor(Math.log2(count));
  to.setUint32(0, from.getUint32(4));
  [count, 16 << log, log, 16 * count - (16 << log)].forEach((x, k) => to.setUint16(4 + 2 * k, x));
  let place = 12 + 16 * count;
  tables.forEach(({ tag, checksum, bytes }, k) => {
    [tag, checksum, place, bytes.length].forEach((x, i) => to.setUint32(12 + 16 * k + 4 * i, x));
    font.set(bytes, place);
    place += padded(bytes.length);
  });
  return font;
}
