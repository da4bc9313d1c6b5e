import { imageDataFormat } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Model } from '../models/index.ts';
import { argmax, moveaxis } from '../ops/index.ts';
import { asTensor, type Like, type Tensor } from '../tensor/index.ts';
import { type ActivationMapsOptions, activationMaps, activationMapsNames } from './activation-maps.ts';
import { type ClassMapping, nameOf } from './bounding-boxes.ts';
import { colorOf } from './color-map.ts';
import { type FilterPatternsOptions, filterPatterns, filterPatternsNames } from './filter-patterns.ts';
import { drawGallery, type GalleryOptions, galleryOptions, ink } from './gallery.ts';
import { type GradCamOptions, gradCam, gradCamNames } from './grad-cam.ts';
import { type Image, readImages } from './images.ts';
import { mapsIn } from './tapped.ts';

/** Options of `plotGradCam`. */
export interface PlotGradCamOptions extends GradCamOptions, GalleryOptions {
  /** Names of the classes, under the images. */
  readonly labelMap?: ClassMapping | undefined;
  /** Opacity of the heat map at its maximum, from 0 to 1. Default: 0.6. */
  readonly opacity?: number | undefined;
}
const gradCamOptions: OptionNames<PlotGradCamOptions> = {
  ...gradCamNames,
  ...galleryOptions,
  labelMap: true,
  opacity: true,
};

/** Images with the heat map of the given or predicted class. */
export async function plotGradCam(
  model: Model<any>,
  images: Like,
  options: PlotGradCamOptions = {},
): Promise<Uint8Array> {
  const { labelMap, opacity = 0.6, layer, classes, ...look } = optionsOf('plotGradCam', gradCamOptions, options);
  const photographs = await readImages('plotGradCam', images, look);
  const heat = await gradCam(model, images, { layer, classes }).data();
  const asked = classes ?? argmax((await model.predict(images, { verbose: 0 })) as Tensor, { axis: -1 });
  const numbers = Array.from(await asTensor(asked).data());
  const warm = photographs.map((image, n) => heated(image, heat.subarray(n * image.width * image.height), opacity));
  const captions = numbers.map((k) => ({ text: nameOf(k, labelMap), color: ink }));
  return drawGallery('plotGradCam', warm, look, { captions });
}
/** Blends an image with the colours of a map; higher values are more opaque. */
function heated({ width, height, channels, data }: Image, values: ArrayLike<number>, opacity: number): Image {
  const mixed = new Uint8Array(width * height * 3);
  for (let p = 0; p < width * height; p++) {
    const color = colorOf(values[p]);
    const part = opacity * values[p];
    for (let c = 0; c < 3; c++) {
      const own = data[p * channels + (channels < 3 ? 0 : c)];
      mixed[p * 3 + c] = Math.round(own + part * (color[c] - own));
    }
  }
  return { width, height, channels: 3, data: mixed };
}

/** Options of `plotActivationMaps`. */
export interface PlotActivationMapsOptions
  extends ActivationMapsOptions,
    Omit<GalleryOptions, 'rows' | 'columns' | 'cols'> {
  /** Number of channels per layer. Default: 8. */
  readonly channels?: number | undefined;
}
const { rows: _rows, columns: _columns, cols: _cols, ...plainGallery } = galleryOptions;
const activationOptions: OptionNames<PlotActivationMapsOptions> = {
  ...activationMapsNames,
  ...plainGallery,
  channels: true,
};

/**
 * Outputs of layers for the first image. Without `layers`, the first four convolutions and similar layers are shown.
 */
export async function plotActivationMaps(
  model: Model<any>,
  images: Like,
  options: PlotActivationMapsOptions = {},
): Promise<Uint8Array> {
  const {
    channels = 8,
    layers = firstMaps(model),
    ...look
  } = optionsOf('plotActivationMaps', activationOptions, options);
  const maps = Object.entries(await activationMaps(model, images, { layers }));
  const tiles = await Promise.all(maps.map(([name, map]) => tilesOf(name, map, channels)));
  const width = Math.max(...tiles.flat().map(({ image }) => image.width));
  const same = tiles.flat().map(({ image, text }) => ({ text, image: enlarged(image, width) }));
  const captions = same.map(({ text }) => ({ text, color: ink }));
  const pictures = same.map(({ image }) => image);
  return drawGallery('plotActivationMaps', pictures, { scale: 1, ...look, columns: channels }, { captions });
}
const firstMaps = (model: Model<any>): string[] =>
  mapsIn('plotActivationMaps', model)
    .filter(({ layer }) => layer.weights.length > 0)
    .slice(0, 4)
    .map(({ path }) => path.join('/'));
interface Tile {
  readonly image: Image;
  readonly text: string;
}
/** The channels of the first image's map, each scaled from its lowest to its highest value. */
async function tilesOf(name: string, map: Tensor, most: number): Promise<Tile[]> {
  const last = imageDataFormat() === 'channels_last' ? map : moveaxis(map, 1, -1);
  const [, height, width, channels] = last.shape as [number, number, number, number];
  const values = (await last.data()).subarray(0, height * width * channels);
  return Array.from({ length: most }, (_, c): Tile => {
    const own = Array.from({ length: c < channels ? height * width : 0 }, (_, p) => values[p * channels + c]);
    const [low, high] = [Math.min(...own), Math.max(...own)];
    const data = new Uint8Array(height * width * 3).fill(255);
    own.forEach((v, p) => data.set(colorOf((v - low) / (high - low || 1)), p * 3));
    return { image: { width, height, channels: 3, data }, text: own.length > 0 ? `${name} ${c}` : '' };
  });
}
/** Enlarges by a whole factor, as far as the width allows. */
function enlarged({ width, height, channels, data }: Image, wanted: number): Image {
  const tall = Math.round((height * wanted) / width);
  const large = new Uint8Array(wanted * tall * channels);
  for (let y = 0; y < tall; y++)
    for (let x = 0; x < wanted; x++) {
      const from = (Math.floor((y * height) / tall) * width + Math.floor((x * width) / wanted)) * channels;
      large.set(data.subarray(from, from + channels), (y * wanted + x) * channels);
    }
  return { width: wanted, height: tall, channels, data: large };
}

/** Options of `plotFilterPatterns`. */
export interface PlotFilterPatternsOptions extends FilterPatternsOptions, Omit<GalleryOptions, 'valueRange'> {}
const patternOptions: OptionNames<PlotFilterPatternsOptions> = { ...filterPatternsNames, ...galleryOptions };

/** The patterns of a layer's filters. */
export async function plotFilterPatterns(
  model: Model<any>,
  layer: string,
  options: PlotFilterPatternsOptions = {},
): Promise<Uint8Array> {
  const { filters, size, steps, learningRate, valueRange, seed, ...look } = optionsOf(
    'plotFilterPatterns',
    patternOptions,
    options,
  );
  const patterns = filterPatterns(model, layer, { filters, size, steps, learningRate, valueRange, seed });
  const images = await readImages('plotFilterPatterns', patterns, { valueRange: [0, 1] });
  if (images.length === 0) fail('plotFilterPatterns', 'there are no filters', 'give at least one');
  return drawGallery('plotFilterPatterns', images, { scale: 1, ...look }, {});
}
