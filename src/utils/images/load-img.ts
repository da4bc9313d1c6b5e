import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { bytesOf, type FileSource } from '../../formats/file.ts';
import { decodeImage } from '../../formats/images/decode.ts';
import type { ColorMode, Pixels } from '../../formats/images/pixels.ts';
import { decodeBySharp } from '../../formats/images/sharp.ts';
import { type Part, type PilInterpolation, pilInterpolations, pilResize } from './pil-resize.ts';

/** Options of `loadImg`. */
export interface LoadImgOptions {
  /** `'rgb'`, the default, `'rgba'`, or `'grayscale'`, which keeps grey of 16 bits as it is. */
  readonly colorMode?: ColorMode | undefined;
  /** Height and width to resize to; null, the default, for those of the file. */
  readonly targetSize?: readonly [height: number, width: number] | null | undefined;
  /** How pixels become others, with PIL's numbers: `'nearest'`, the default, `'bilinear'`, `'bicubic'`, `'hamming'`, `'box'`, `'lanczos'`. */
  readonly interpolation?: PilInterpolation | undefined;
  /** Whether to cut the image to the proportions of `targetSize` instead of stretching it. */
  readonly keepAspectRatio?: boolean | undefined;
  /** What decodes: `'own'`, the default, with the same pixels everywhere, or the package `'sharp'` where it is installed. */
  readonly decoder?: ImageDecoder | undefined;
}
/** What decodes image files: the library itself, or the package `sharp`. */
export type ImageDecoder = 'own' | 'sharp';
const loadImgOptions: OptionNames<LoadImgOptions> = {
  colorMode: true,
  targetSize: true,
  interpolation: true,
  keepAspectRatio: true,
  decoder: true,
};

/** The colours of an image, refused where they are none. */
export function checkColors(who: string, colorMode: unknown): ColorMode {
  if (colorMode !== 'grayscale' && colorMode !== 'rgb' && colorMode !== 'rgba')
    fail(who, `colorMode is ${show(colorMode)}`, 'use "grayscale", "rgb" or "rgba"');
  return colorMode;
}
/** What decodes images, refused where it is unknown. */
export function checkDecoder(who: string, decoder: unknown): ImageDecoder {
  if (decoder !== 'own' && decoder !== 'sharp') fail(who, `decoder is ${show(decoder)}`, 'use "own" or "sharp"');
  return decoder;
}

/**
 * Loads an image: JPEG, PNG, WebP, GIF (its first picture), BMP, from a path, a URL or bytes. As in Keras it is not turned
 * upright by what its EXIF data say. `imgToArray` makes a tensor of it.
 * @see https://keras.io/api/data_loading/image/#loadimg-function
 * @example (await keras.utils.loadImg(await keras.utils.saveImg(null, keras.ops.ones([2, 3, 3]), { fileFormat: 'png' }))).width // 3
 */
export const loadImg = exact(
  'utils.loadImg',
  2,
  async function loadImg(path: FileSource, options: LoadImgOptions = {}): Promise<Pixels> {
    const {
      colorMode = 'rgb',
      targetSize,
      interpolation = 'nearest',
      keepAspectRatio = false,
      decoder = 'own',
    } = optionsOf('loadImg', loadImgOptions, options);
    const who = typeof path === 'string' || path instanceof URL ? `loadImg ${path}` : 'loadImg';
    const colors = checkColors(who, colorMode);
    const decode = checkDecoder(who, decoder) === 'own' ? decodeImage : decodeBySharp;
    if (!pilInterpolations.includes(interpolation))
      fail(who, `interpolation is ${show(interpolation)}`, `use ${pilInterpolations.join(', ')}`);
    if (targetSize && !(targetSize.length === 2 && targetSize.every((n) => Number.isInteger(n) && n > 0)))
      fail(who, `targetSize is ${show(targetSize)}`, 'give [height, width] in pixels');
    const image = await decode(who, await bytesOf(path), colors);
    if (!targetSize || (image.height === targetSize[0] && image.width === targetSize[1])) return image;
    const [height, width] = targetSize;
    return pilResize(image, width, height, interpolation, keepAspectRatio ? middle(image, width, height) : undefined);
  },
);

/** The largest part in the middle of an image that has the proportions of a size. */
function middle({ width, height }: Pixels, toWidth: number, toHeight: number): Part {
  const partHeight = Math.min(height, Math.floor((width * toHeight) / toWidth));
  const partWidth = Math.min(width, Math.floor((height * toWidth) / toHeight));
  const top = Math.floor((height - partHeight) / 2);
  const left = Math.floor((width - partWidth) / 2);
  return [left, top, left + partWidth, top + partHeight];
}
