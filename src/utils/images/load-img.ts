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
  /**
   * Interpolation method, with PIL's results: `'nearest'`, the default, `'bilinear'`, `'bicubic'`, `'hamming'`,
   * `'box'`, `'lanczos'`.
   */
  readonly interpolation?: PilInterpolation | undefined;
  /** Whether to crop the image to the aspect ratio of `targetSize` instead of stretching it. */
  readonly keepAspectRatio?: boolean | undefined;
  /**
   * The decoder: `'own'`, the default, with the same pixels everywhere, or the package `'sharp'` if it is installed.
   */
  readonly decoder?: ImageDecoder | undefined;
}
/** A decoder of image files: the library itself, or the package `sharp`. */
export type ImageDecoder = 'own' | 'sharp';
const loadImgOptions: OptionNames<LoadImgOptions> = {
  colorMode: true,
  targetSize: true,
  interpolation: true,
  keepAspectRatio: true,
  decoder: true,
};

/** Checks a colour mode. */
export function checkColors(who: string, colorMode: unknown): ColorMode {
  if (colorMode !== 'grayscale' && colorMode !== 'rgb' && colorMode !== 'rgba')
    fail(who, `colorMode is ${show(colorMode)}`, 'use "grayscale", "rgb" or "rgba"');
  return colorMode;
}
/** Checks a decoder. */
export function checkDecoder(who: string, decoder: unknown): ImageDecoder {
  if (decoder !== 'own' && decoder !== 'sharp') fail(who, `decoder is ${show(decoder)}`, 'use "own" or "sharp"');
  return decoder;
}

/**
 * Loads an image (JPEG, PNG, WebP, BMP, or the first frame of a GIF) from a path, a URL or bytes. As in Keras, the EXIF
 * orientation is ignored. `imgToArray` converts it to a tensor.
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

/** The largest centred crop of an image with the aspect ratio of a size. */
function middle({ width, height }: Pixels, toWidth: number, toHeight: number): Part {
  const partHeight = Math.min(height, Math.floor((width * toHeight) / toWidth));
  const partWidth = Math.min(width, Math.floor((height * toWidth) / toHeight));
  const top = Math.floor((height - partHeight) / 2);
  const left = Math.floor((width - partWidth) / 2);
  return [left, top, left + partWidth, top + partHeight];
}
