import type { DataFormat } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { type Place, writeFileAtomic } from '../../formats/file.ts';
import { encodeJpeg } from '../../formats/images/jpeg.ts';
import { encodePng } from '../../formats/images/png.ts';
import type { Like } from '../../tensor/index.ts';
import { arrayToImg } from './arrays.ts';

/** Options of `saveImg`. */
export interface SaveImgOptions {
  /** Where the channels stand; as in `keras.config` by default. */
  readonly dataFormat?: DataFormat | null | undefined;
  /** `'png'` or `'jpeg'`; by default what the path ends with. */
  readonly fileFormat?: 'png' | 'jpeg' | 'jpg' | null | undefined;
  /** Whether to stretch the values so that the least is 0 and the largest 255; true by default. */
  readonly scale?: boolean | undefined;
  /** Of a JPEG, from 1 to 100; 75 by default. */
  readonly quality?: number | undefined;
}
const saveImgOptions: OptionNames<SaveImgOptions> = { dataFormat: true, fileFormat: true, scale: true, quality: true };

/**
 * Writes a tensor `[height, width, channels]` into a file as PNG or JPEG, whole or not at all, and gives the file's bytes; with null for
 * the path it only gives them. A JPEG has no opacity: it is left out, with a warning.
 * @see https://keras.io/api/data_loading/image/#saveimg-function
 * @example (await keras.utils.saveImg(null, [[[0], [1]]], { fileFormat: 'jpeg' })).length > 100 // true
 */
export const saveImg = exact(
  'utils.saveImg',
  3,
  async function saveImg(path: Place | null, x: Like, options: SaveImgOptions = {}): Promise<Uint8Array> {
    const { dataFormat, fileFormat, scale = true, quality = 75 } = optionsOf('saveImg', saveImgOptions, options);
    const who = path === null ? 'saveImg' : `saveImg ${path}`;
    const ending = /\.(\w+)$/.exec(String(path))?.[1];
    const format = String(fileFormat ?? ending).toLowerCase();
    if (!['png', 'jpg', 'jpeg'].includes(format))
      fail(
        who,
        fileFormat || ending ? `${show(fileFormat ?? ending)} is no format that is written` : 'there is no format',
        'let the path end with .png or .jpg, or give { fileFormat: "png" } or "jpeg"',
      );
    if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100))
      fail(who, `quality is ${show(quality)}`, 'give a whole number from 1 to 100');
    const img = await arrayToImg(x, { dataFormat, scale });
    if (format !== 'png' && img.mode === 'RGBA')
      console.warn(`${who}: a JPEG has no opacity; the colours are written without it`);
    const bytes = await (format === 'png' ? encodePng(who, img) : encodeJpeg(who, img, quality));
    if (path !== null) await writeFileAtomic(path, bytes);
    return bytes;
  },
);
