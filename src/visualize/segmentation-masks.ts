import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import { asTensor, type Like, type Tensor, tensor } from '../tensor/index.ts';
import type { Color } from './bounding-boxes.ts';
import { type Caption, drawGallery, type GalleryOptions, galleryOptions, ink } from './gallery.ts';
import { type Image, type ImageOptions, readImages } from './images.ts';

/** How masks are drawn. */
export type ColorMapping = Readonly<Record<number, Color>>;
interface MaskOptions {
  /** The largest class number. Default: the largest in the masks. */
  readonly numClasses?: number | undefined;
  /** Colours by class. Default: a palette of 255 colours; class 0, the background, has none. */
  readonly colorMapping?: ColorMapping | undefined;
  /** Opacity of the colours, from 0 to 1. Default: 0.8. */
  readonly alpha?: number | undefined;
  /** Whether the image shows through the masks. Default: true. */
  readonly blend?: boolean | undefined;
  /** A class that is not painted. Default: -1. */
  readonly ignoreIndex?: number | undefined;
}
const maskOptions: OptionNames<MaskOptions> = {
  numClasses: true,
  colorMapping: true,
  alpha: true,
  blend: true,
  ignoreIndex: true,
};
/** Options of `drawSegmentationMasks`. */
export interface DrawSegmentationMasksOptions extends MaskOptions, ImageOptions {}
const drawOptions: OptionNames<DrawSegmentationMasksOptions> = { ...maskOptions, valueRange: true, dataFormat: true };
/** Options of `plotSegmentationMaskGallery`. */
export interface SegmentationMaskGalleryOptions extends MaskOptions, Omit<GalleryOptions, 'rows' | 'columns' | 'cols'> {
  /** The true masks, `[n, height, width]` or `[n, height, width, 1]`. */
  readonly yTrue?: Like | undefined;
  /** The predicted masks. */
  readonly yPred?: Like | undefined;
}
const { rows: _, columns: __, cols: ___, ...look } = galleryOptions;
const galleryOptionNames: OptionNames<SegmentationMaskGalleryOptions> = {
  ...maskOptions,
  ...look,
  yTrue: true,
  yPred: true,
};

/** Keras's palette. */
const paletteColor = (k: number): Color => [
  (k * (2 ** 25 - 1)) % 255,
  (k * (2 ** 15 - 1)) % 255,
  (k * (2 ** 21 - 1)) % 255,
];

/** The class of each pixel, image after image. */
async function readMasks(
  who: string,
  masks: Like,
  images: readonly Image[],
  options: ImageOptions,
): Promise<Float64Array> {
  const given = asTensor(masks);
  const { width, height } = images[0];
  const isFirst = options.dataFormat === 'channels_first';
  const shape = given.shape.length === 4 ? given.shape.toSpliced(isFirst ? 1 : 3, 1) : given.shape;
  const isSingle = given.shape.length !== 4 || given.shape[isFirst ? 1 : 3] === 1;
  if (!isSingle || showShape(shape) !== showShape([images.length, height, width]))
    fail(
      who,
      `masks have shape ${showShape(given.shape)} for ${images.length} images of ${width}x${height}`,
      'give the class of each pixel, [n, height, width] or [n, height, width, 1]; of probabilities ops.argmax(y, { axis: -1 })',
    );
  const found = Float64Array.from(await given.data());
  const broken = found.find((k) => !Number.isInteger(k));
  if (broken !== undefined)
    fail(who, `a mask holds ${broken}`, 'give whole numbers of classes; of probabilities ops.argmax(y, { axis: -1 })');
  return found;
}

/** Colour images with masks painted on them. */
async function drawn(
  who: string,
  images: readonly Image[],
  masks: Like,
  options: DrawSegmentationMasksOptions,
): Promise<Image[]> {
  const { numClasses = Infinity, colorMapping, alpha = 0.8, blend = true, ignoreIndex = -1 } = options;
  if (!(alpha >= 0 && alpha <= 1)) fail(who, `alpha is ${alpha}`, 'give a number from 0 to 1');
  if (images.length === 0) fail(who, 'there are no images', 'give a batch of at least one');
  const classes = await readMasks(who, masks, images, options);
  const share = blend ? alpha : 1;
  const colorOf = (k: number): Color | undefined => {
    if (k === ignoreIndex || k < 0 || k > numClasses) return undefined;
    return colorMapping ? colorMapping[k] : k === 0 ? undefined : paletteColor(k);
  };
  return images.map(({ width, height, channels, data }, n) => {
    const pixels = new Uint8Array(width * height * 3);
    for (let p = 0; p < width * height; p++) {
      const color = colorOf(classes[n * width * height + p]);
      for (let c = 0; c < 3; c++) {
        const value = data[p * channels + (channels === 1 ? 0 : c)];
        pixels[3 * p + c] = color ? Math.fround(value * (1 - share) + color[c] * share) : value;
      }
    }
    return { width, height, channels: 3, data: pixels };
  });
}

/** Paints masks onto images and returns pixels. */
export async function drawSegmentationMasks(
  images: Like,
  segmentationMasks: Like,
  options: DrawSegmentationMasksOptions = {},
): Promise<Tensor> {
  optionsOf('drawSegmentationMasks', drawOptions, options);
  const found = await readImages('drawSegmentationMasks', images, options);
  const pictures = await drawn('drawSegmentationMasks', found, segmentationMasks, options);
  const { width, height } = pictures[0];
  const isFirst = options.dataFormat === 'channels_first';
  const area = width * height;
  const pixels = new Uint8Array(pictures.length * area * 3);
  for (const [n, { data }] of pictures.entries())
    if (isFirst)
      for (let p = 0; p < area; p++) for (let c = 0; c < 3; c++) pixels[(n * 3 + c) * area + p] = data[3 * p + c];
    else pixels.set(data, n * area * 3);
  return tensor(pixels, {
    shape: isFirst ? [pictures.length, 3, height, width] : [pictures.length, height, width, 3],
    dtype: 'uint8',
  });
}

/** One row per image: the image, with true masks, and with predicted ones. */
export async function plotSegmentationMaskGallery(
  images: Like,
  options: SegmentationMaskGalleryOptions = {},
): Promise<Uint8Array> {
  const who = 'plotSegmentationMaskGallery';
  optionsOf(who, galleryOptionNames, options);
  const { yTrue, yPred } = options;
  const found = await readImages(who, images, options);
  const columns: (readonly [title: string, images: readonly Image[]])[] = [['image', found]];
  if (yTrue !== undefined) columns.push(['ground truth', await drawn(who, found, yTrue, options)]);
  if (yPred !== undefined) columns.push(['prediction', await drawn(who, found, yPred, options)]);
  const captions = found.flatMap(() => columns.map(([text]): Caption => ({ text, color: ink })));
  return drawGallery(
    who,
    found.flatMap((_, n) => columns.map(([, row]) => row[n])),
    { ...options, columns: columns.length, rows: found.length },
    { captions: columns.length > 1 ? captions : undefined },
  );
}
