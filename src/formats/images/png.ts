import { fail } from '../../base/errors.ts';
import { part } from '../../base/part.ts';
import { channelsOf, checkSize, type Decoded, type Pixels } from './pixels.ts';

type FastPng = typeof import('fast-png');
/** A PNG decoded by the library. */
async function open(who: string, bytes: Uint8Array): Promise<{ png: FastPng; image: ReturnType<FastPng['decode']> }> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33) fail(who, 'the PNG ends in the middle', 'fetch the file again, or remove it');
  checkSize(who, view.getUint32(16), view.getUint32(20));
  const png = await part('PNG', () => import('fast-png'));
  try {
    return { png, image: png.decode(bytes, { checkCrc: true }) };
  } catch (error) {
    return fail(who, `the PNG is damaged: ${(error as Error).message}`, 'replace or remove the file');
  }
}

/** Decodes a PNG: palettes become RGB or RGBA, grey of fewer than 8 bits is scaled to 8. */
export async function decodePng(who: string, bytes: Uint8Array): Promise<Decoded> {
  const { png, image } = await open(who, bytes);
  const { width, height, depth, channels, data, palette, transparency } = image;
  if (palette) return { width, height, channels: palette[0].length, data: png.convertIndexedToRgb(image) };
  if (depth >= 8) return { width, height, channels, data: data as Uint8Array | Uint16Array, transparent: transparency };
  const most = 2 ** depth - 1;
  const filled = singly(image).map((v) => (v * 255) / most);
  return { width, height, channels, data: filled, transparent: transparency && [(transparency[0] * 255) / most] };
}

/** The raw numbers of a PNG that is a mask rather than a picture: palette indices, or grey. */
export async function pngNumbers(
  who: string,
  bytes: Uint8Array,
): Promise<{ readonly width: number; readonly height: number; readonly data: ArrayLike<number> }> {
  const { image } = await open(who, bytes);
  const { width, height, channels, depth, data } = image;
  if (channels !== 1) fail(who, `a mask has ${channels} channels`, 'give masks with a palette, or in grey');
  return { width, height, data: depth < 8 ? singly(image) : data };
}

/** Unpacks numbers of fewer than 8 bits, several of which share a byte. */
function singly({ data, width, height, depth }: ReturnType<FastPng['decode']>): Uint8Array {
  const out = new Uint8Array(width * height);
  const each = 8 / depth;
  const stride = Math.ceil(width / each);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      out[y * width + x] =
        (data[y * stride + Math.floor(x / each)] >> (8 - depth * ((x % each) + 1))) & (2 ** depth - 1);
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
