import { fail } from '../../base/errors.ts';
import { part } from '../../base/part.ts';
import { channelsOf, checkSize, type Decoded, type Pixels } from './pixels.ts';

/** Decodes a PNG: colours of a palette become RGB or RGBA, grey of fewer than 8 bits fills 8. */
export async function decodePng(who: string, bytes: Uint8Array): Promise<Decoded> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33) fail(who, 'the PNG ends in the middle', 'fetch the file again, or remove it');
  checkSize(who, view.getUint32(16), view.getUint32(20));
  const png = await part('PNG', () => import('fast-png'));
  let image: ReturnType<typeof png.decode>;
  try {
    image = png.decode(bytes, { checkCrc: true });
  } catch (error) {
    return fail(who, `the PNG is damaged: ${(error as Error).message}`, 'replace or remove the file');
  }
  const { width, height, depth, channels, data, palette, transparency } = image;
  if (palette) return { width, height, channels: palette[0].length, data: png.convertIndexedToRgb(image) };
  const transparent = transparency && (depth < 8 ? [scaled(transparency[0], depth)] : transparency);
  if (depth < 8) return { width, height, channels, data: filled(data, width, height, depth), transparent };
  return { width, height, channels, data: data as Uint8Array | Uint16Array, transparent };
}
const scaled = (value: number, depth: number): number => (value * 255) / (2 ** depth - 1);
/** Grey of fewer bits, several in a byte, as bytes. */
function filled(data: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const out = new Uint8Array(width * height);
  const each = 8 / depth;
  const stride = Math.ceil(width / each);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const byte = data[y * stride + Math.floor(x / each)];
      out[y * width + x] = scaled((byte >> (8 - depth * ((x % each) + 1))) & (2 ** depth - 1), depth);
    }
  return out;
}

/** Encodes an image as PNG; grey of 32 bits is written in 16, as PIL does. */
export async function encodePng(who: string, { mode, width, height, data }: Pixels): Promise<Uint8Array> {
  const { encode } = await part('PNG', () => import('fast-png'));
  if (mode === 'L' || mode === 'RGB' || mode === 'RGBA')
    return encode({ width, height, channels: channelsOf(mode), depth: 8, data: data as Uint8Array });
  if (data.some((v) => v < 0 || v > 65535))
    fail(who, 'a PNG has no values below 0 or above 65535', 'give { scale: true }');
  return encode({ width, height, channels: 1, depth: 16, data: Uint16Array.from(data) });
}
