import type { DataFormat } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { exact } from '../../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { type ColorMode, channelCount } from '../../formats/images/pixels.ts';
import { hostTensor } from '../../runtime/host-tensor.ts';
import type { Tensor } from '../../tensor/index.ts';
import { formatOf } from '../images/arrays.ts';
import { checkColors, checkDecoder, type ImageDecoder } from '../images/load-img.ts';
import { type Fit, type Interpolation, interpolations } from '../images/resize.ts';
import { datasetsOf, type FolderDatasets, type Samples, stacked } from './dataset.ts';
import { type FolderOptions, findFiles, folderOptions } from './files.ts';
import { checkWorkers, imageLoader } from './sample-loader.ts';

/** Options of `imageDatasetFromDirectory`. */
export interface ImageDatasetOptions extends FolderOptions {
  /** `'rgb'`, the default, `'rgba'` or `'grayscale'`. */
  readonly colorMode?: ColorMode | undefined;
  /** Height and width of the samples, or one number for both; 256 by default. */
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  /** Interpolation method; `'bilinear'` by default. Shrinking does not average, except with `'area'`. */
  readonly interpolation?: Interpolation | undefined;
  /** Whether to crop images to the aspect ratio of `imageSize` instead of stretching them. */
  readonly cropToAspectRatio?: boolean | undefined;
  /** Whether to pad them with black instead. */
  readonly padToAspectRatio?: boolean | undefined;
  /** Position of the channel axis; that of `keras.config` by default. */
  readonly dataFormat?: DataFormat | null | undefined;
  /**
   * The decoder: `'own'`, the default, with the same pixels everywhere, or the package `'sharp'` if it is installed.
   */
  readonly decoder?: ImageDecoder | undefined;
  /**
   * Additional threads that read, decode and resize; by default one per core, up to 8. With 0 the calling thread does
   * it.
   */
  readonly workers?: number | undefined;
}
const imageDatasetOptions: OptionNames<ImageDatasetOptions> = {
  ...folderOptions,
  colorMode: true,
  imageSize: true,
  interpolation: true,
  cropToAspectRatio: true,
  padToAspectRatio: true,
  dataFormat: true,
  decoder: true,
  workers: true,
};
const endings = ['.bmp', '.gif', '.jpeg', '.jpg', '.png', '.webp'];

/**
 * A dataset of the images in a folder, by default with one class per subfolder: batches `[images, labels]`, float32
 * from 0 to 255, `[n, height, width, channels]`. Files are listed at once and read batch by batch. `dataset.classNames`
 * and `dataset.filePaths` name classes and files.
 * @see https://keras.io/api/data_loading/image/#imagedatasetfromdirectory-function
 */
export const imageDatasetFromDirectory = exact(
  'utils.imageDatasetFromDirectory',
  2,
  async function imageDatasetFromDirectory<const O extends ImageDatasetOptions = {}>(
    directory: string | URL,
    options?: O,
  ): Promise<FolderDatasets<Samples<Tensor, O>, O>> {
    const who = 'imageDatasetFromDirectory';
    const given: ImageDatasetOptions = optionsOf(who, imageDatasetOptions, options as ImageDatasetOptions);
    const { imageSize = 256, interpolation = 'bilinear', cropToAspectRatio = false, padToAspectRatio = false } = given;
    const colors = checkColors(who, given.colorMode ?? 'rgb');
    const decoder = checkDecoder(who, given.decoder ?? 'own');
    const workers = checkWorkers(who, given.workers);
    const isFirst = formatOf(who, given.dataFormat) === 'channels_first';
    const size = (Array.isArray(imageSize) ? imageSize : [imageSize, imageSize]) as readonly [number, number];
    if (!(size.length === 2 && size.every((n) => Number.isInteger(n) && n > 0)))
      fail(who, `imageSize is ${show(imageSize)}`, 'give [height, width] in pixels');
    if (!interpolations.includes(interpolation))
      fail(who, `interpolation is ${show(interpolation)}`, `use ${interpolations.join(', ')}`);
    if (cropToAspectRatio && padToAspectRatio)
      fail(who, 'cropToAspectRatio and padToAspectRatio are both set', 'set one of them');
    const fit: Fit = cropToAspectRatio ? 'crop' : padToAspectRatio ? 'pad' : 'stretch';
    const channels = channelCount(colors);
    const shape = isFirst ? [channels, ...size] : [...size, channels];
    const loaded = imageLoader({ colors, size, interpolation, fit, decoder }, workers);
    const maker = {
      workers,
      async load(file: string, path: string): Promise<Float32Array> {
        const { pixels } = await loaded(file, path);
        return isFirst && channels > 1 ? channelsFirst(pixels, channels) : pixels;
      },
      batch: (images: readonly Float32Array[]) => stacked(images, shape),
      single: (image: Float32Array) => hostTensor(image, { shape, dtype: 'float32' }),
    };
    const found = await findFiles(who, directory, endings, given);
    return datasetsOf(who, found, maker, given) as FolderDatasets<Samples<Tensor, O>, O>;
  },
);

function channelsFirst(pixels: Float32Array, channels: number): Float32Array {
  const area = pixels.length / channels;
  const out = new Float32Array(pixels.length);
  for (let p = 0; p < area; p++) for (let c = 0; c < channels; c++) out[c * area + p] = pixels[p * channels + c];
  return out;
}
