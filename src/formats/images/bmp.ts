import { fail } from '../../base/errors.ts';
import { checkSize, type Decoded } from './pixels.ts';

const whole = 'fetch the file again, or remove it';

/** Decodes an uncompressed BMP: 1, 4 or 8 bits with a palette, 16, 24 or 32 bits of colour. */
export function decodeBmp(who: string, bytes: Uint8Array): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 54) fail(who, 'the BMP ends in the middle', whole);
  const header = view.getUint32(14, true);
  if (header < 40) fail(who, 'the BMP has the header of OS/2', 'save it anew');
  const width = view.getInt32(18, true);
  const rows = view.getInt32(22, true);
  const height = Math.abs(rows);
  checkSize(who, width, height);
  const depth = view.getUint16(28, true);
  const packing = view.getUint32(30, true);
  const hasMasks = packing === 3 || packing === 6;
  if (!(packing === 0 || (hasMasks && (depth === 16 || depth === 32))) || ![1, 4, 8, 16, 24, 32].includes(depth))
    fail(who, `the BMP is packed by method ${packing} with ${depth} bits`, 'save it uncompressed');
  const stride = Math.ceil((width * depth) / 32) * 4;
  const start = view.getUint32(10, true);
  if (start + stride * height > bytes.length) fail(who, 'the BMP ends in the middle', whole);
  // Rows come from the bottom, unless their number is negative.
  const rowAt = (y: number): number => start + stride * (rows > 0 ? height - 1 - y : y);
  const image = { width, height };
  if (depth <= 8)
    return { ...image, channels: 3, data: ofPalette(who, view, rowAt, { ...image, depth, palette: 14 + header }) };
  if (depth === 24) {
    const data = new Uint8Array(width * height * 3);
    for (let y = 0, to = 0; y < height; y++)
      for (let x = 0, at = rowAt(y); x < width; x++, at += 3, to += 3) {
        data[to] = bytes[at + 2];
        data[to + 1] = bytes[at + 1];
        data[to + 2] = bytes[at];
      }
    return { ...image, channels: 3, data };
  }
  // Masks follow the first 40 bytes of the header, within it or after it. Without them the fourth byte has no meaning.
  const masks = hasMasks
    ? [54, 58, 62, ...(header >= 56 || packing === 6 ? [66] : [])].map((at) => view.getUint32(at, true))
    : depth === 32
      ? [0xff0000, 0xff00, 0xff]
      : [0x7c00, 0x3e0, 0x1f];
  return {
    ...image,
    ...ofMasks(view, rowAt, { ...image, depth, masks: masks.filter((mask, k) => k < 3 || mask !== 0) }),
  };
}

function ofPalette(
  who: string,
  view: DataView,
  rowAt: (y: number) => number,
  { width, height, depth, palette }: { width: number; height: number; depth: number; palette: number },
): Uint8Array {
  const count = view.getUint32(46, true) || 2 ** depth;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += 3) {
      const byte = view.getUint8(rowAt(y) + ((x * depth) >> 3));
      const index = (byte >> (8 - depth - ((x * depth) & 7))) & (2 ** depth - 1);
      if (index >= count || palette + 4 * index + 3 > view.byteLength)
        fail(who, `the BMP has a colour ${index} that its palette has not`, whole);
      for (let c = 0; c < 3; c++) data[to + c] = view.getUint8(palette + 4 * index + 2 - c);
    }
  return data;
}

function ofMasks(
  view: DataView,
  rowAt: (y: number) => number,
  { width, height, depth, masks }: { width: number; height: number; depth: number; masks: readonly number[] },
): { channels: number; data: Uint8Array } {
  const channels = masks.length;
  const shifts = masks.map((mask) => 31 - Math.clz32(mask & -mask));
  const most = masks.map((mask, c) => mask >>> shifts[c]);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++, to += channels) {
      const at = rowAt(y) + (x * depth) / 8;
      const value = depth === 16 ? view.getUint16(at, true) : view.getUint32(at, true);
      for (let c = 0; c < channels; c++)
        data[to + c] = most[c] === 0 ? 0 : Math.floor((((value & masks[c]) >>> shifts[c]) * 255) / most[c]);
    }
  return { channels, data };
}
