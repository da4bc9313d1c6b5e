import { fail } from '../../base/errors.ts';
import { decodeBmp } from './bmp.ts';
import { decodeGif } from './gif.ts';
import { decodeJpeg } from './jpeg.ts';
import { type ColorMode, type Decoded, inColors, type Pixels } from './pixels.ts';
import { decodePng } from './png.ts';
import { decodeWebp } from './webp.ts';

type Decode = (who: string, bytes: Uint8Array) => Decoded | Promise<Decoded>;
/** What files of each format begin with; `.` is any byte. */
const formats: readonly (readonly [beginning: string, decode: Decode])[] = [
  ['\xff\xd8', decodeJpeg],
  ['\x89PNG\r\n\x1a\n', decodePng],
  ['GIF87a', decodeGif],
  ['GIF89a', decodeGif],
  ['RIFF....WEBP', decodeWebp],
  ['BM', decodeBmp],
];

/**
 * Decodes an image file (JPEG, PNG, WebP, BMP, or the first frame of a GIF, told apart by its bytes) to the given
 * colours. The same bytes give the same pixels everywhere. `who` is named by errors about a damaged file or another
 * format.
 */
export async function decodeImage(who: string, bytes: Uint8Array, colors: ColorMode): Promise<Pixels> {
  const found = formats.find(([beginning]) =>
    [...beginning].every((c, i) => c === '.' || bytes[i] === c.charCodeAt(0)),
  );
  if (!found)
    return fail(
      who,
      bytes.length === 0 ? 'the file is empty' : 'the file is no image of a known format',
      'use JPEG, PNG, WebP, GIF or BMP',
    );
  return inColors(await found[1](who, bytes), colors);
}
