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
  /** Position of the channel axis; that of `keras.config` by default. */
  readonly dataFormat?: DataFormat | null | undefined;
  /** `'png'` or `'jpeg'`; by default according to the path's extension. */
  readonly fileFormat?: 'png' | 'jpeg' | 'jpg' | null | undefined;
  /** Whether to rescale values so that the smallest is 0 and the largest 255; true by default. */
  readonly scale?: boolean | undefined;
  /** Quality of a JPEG, from 1 to 100; 75 by default. */
  readonly quality?: number | undefined;
}
const saveImgOptions: OptionNames<SaveImgOptions> = { dataFormat: true, fileFormat: true, scale: true, quality: true };

/**
 * Writes a tensor `[height, width, channels]` to a PNG or JPEG file, completely or not at all, and returns the file's
 * bytes; with null as the path it only returns them. JPEG has no opacity, so an alpha channel is dropped with a
 * warning.
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
