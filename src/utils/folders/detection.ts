import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf, show } from '../../base/options.ts';
import { type BoxFormat, boxFormats, fromXywh } from '../../coco/index.ts';
import type { Dataset } from '../../data/pipeline/dataset.ts';
import { type ColorMode, channelCount } from '../../formats/images/pixels.ts';
import { checkSeed, defaultSeed } from '../../random/global-seed.ts';
import { hostTensor } from '../../runtime/host-tensor.ts';
import type { Tensor } from '../../tensor/index.ts';
import { checkColors, checkDecoder, type ImageDecoder } from '../images/load-img.ts';
import { frameOf, type Interpolation, interpolations, type Part } from '../images/resize.ts';
import { datasetsOf, joined } from './dataset.ts';
import { checkWorkers, imageLoader } from './sample-loader.ts';

/** Options of data sets of images with boxes or masks. */
export interface DetectionOptions {
  /** Samples per batch; 32 by default. Null yields single samples. */
  readonly batchSize?: number | null | undefined;
  /** Height and width of the samples, or one number for both; 512 by default. */
  readonly imageSize?: number | readonly [height: number, width: number] | undefined;
  /** Whether to pad images with black instead of stretching them. */
  readonly padToAspectRatio?: boolean | undefined;
  /** `'rgb'`, the default, `'rgba'` or `'grayscale'`. */
  readonly colorMode?: ColorMode | undefined;
  /** Interpolation method; `'bilinear'` by default. */
  readonly interpolation?: Interpolation | undefined;
  /** Format of the boxes, in pixels of the samples or, with the `rel_` formats, as fractions; `'xyxy'` by default. */
  readonly boundingBoxFormat?: BoxFormat | undefined;
  /** Number of boxes per image; further ones are dropped. Null, the default, means as many as the batch needs. */
  readonly maxBoxes?: number | null | undefined;
  /**
   * Masks: `'classes'` has 0 for the background and the class number plus 1, `[n, height, width, 1]`; `'instances'` has
   * a channel for each box with 1 inside the object. Null, the default, for none.
   */
  readonly masks?: 'classes' | 'instances' | null | undefined;
  /** Whether to shuffle the images anew in each iteration; true by default. */
  readonly shuffle?: boolean | undefined;
  /** Makes the order reproducible. */
  readonly seed?: number | null | undefined;
  /**
   * What to do about an unreadable image: `'raise'`, the default, names it in an error; `'skip'` continues without it.
   */
  readonly corruptFiles?: 'raise' | 'skip' | undefined;
  /** The decoder: `'own'`, the default, or the package `'sharp'` if it is installed. */
  readonly decoder?: ImageDecoder | undefined;
  /**
   * Additional threads that read, decode and resize images; by default one per core, up to 8. With 0 the calling thread
   * does it.
   */
  readonly workers?: number | undefined;
}
export const detectionOptions: OptionNames<DetectionOptions> = {
  batchSize: true,
  imageSize: true,
  padToAspectRatio: true,
  colorMode: true,
  interpolation: true,
  boundingBoxFormat: true,
  maxBoxes: true,
  masks: true,
  shuffle: true,
  seed: true,
  corruptFiles: true,
  decoder: true,
  workers: true,
};

/** An object in an image, in pixels of the file. */
export interface Thing {
  /** Left, top, width and height. */
  readonly box: readonly [x: number, y: number, width: number, height: number];
  readonly label: number;
  /** Its number in a mask file. */
  readonly number?: number;
  /** Its bitmap, row by row, in an image of a size. */
  readonly mask?: (height: number, width: number) => Uint8Array;
}
/** An image and its objects. */
export interface Scene {
  readonly path: string;
  readonly things: readonly Thing[];
  /** Masks from separate files: the numbers of their pixels, row by row. */
  readonly maskFile?: () => Promise<{
    readonly width: number;
    readonly height: number;
    readonly data: ArrayLike<number>;
  }>;
}

/** A batch; a single sample lacks the first axis. Unused boxes consist of -1. */
export interface DetectionBatch {
  /** `[n, height, width, channels]`, float32 from 0 to 255. */
  readonly images: Tensor;
  /** `boxes` `[n, boxes, 4]` (float32) and `labels` `[n, boxes]` (int32). */
  readonly boundingBoxes: { readonly boxes: Tensor; readonly labels: Tensor };
}
export type WithMasks<O> = O extends { readonly masks: 'classes' | 'instances' }
  ? DetectionBatch & {
      /** `[n, height, width, 1 or boxes]`, float32. */
      readonly segmentationMasks: Tensor;
    }
  : DetectionBatch;
/** A dataset of images with boxes. */
export type DetectionDataset<O> = Dataset<WithMasks<O>> & {
  /** Class names by class number. */
  readonly classNames: readonly string[];
  /** The images, in the order of the annotations. */
  readonly filePaths: readonly string[];
};

interface Sample {
  readonly pixels: Float32Array;
  readonly boxes: readonly Float64Array[];
  readonly labels: readonly number[];
  /** Number of channels: one for classes, one per box for instances. */
  readonly masks: readonly Float32Array[];
}

/** A dataset of images with known objects. */
export function detectionDataset<O>(
  who: string,
  scenes: readonly Scene[],
  classNames: readonly string[],
  options: DetectionOptions,
): DetectionDataset<O> {
  const given = optionsOf(who, detectionOptions, options);
  const { batchSize = 32, imageSize = 512, interpolation = 'bilinear', boundingBoxFormat = 'xyxy' } = given;
  const { maxBoxes = null, masks = null, seed, shuffle = true, corruptFiles = 'raise' } = given;
  const colors = checkColors(who, given.colorMode ?? 'rgb');
  const decoder = checkDecoder(who, given.decoder ?? 'own');
  const workers = checkWorkers(who, given.workers);
  const size = (Array.isArray(imageSize) ? imageSize : [imageSize, imageSize]) as readonly [number, number];
  const isCount = (n: number): boolean => Number.isInteger(n) && n > 0;
  const faults: readonly (readonly [wrong: boolean, name: string, value: unknown, fix: string])[] = [
    [!(size.length === 2 && size.every(isCount)), 'imageSize', imageSize, 'give [height, width] in pixels'],
    [batchSize !== null && !isCount(batchSize), 'batchSize', batchSize, 'give a whole number of at least 1, or null'],
    [maxBoxes !== null && !isCount(maxBoxes), 'maxBoxes', maxBoxes, 'give a whole number of at least 1, or null'],
    [!interpolations.includes(interpolation), 'interpolation', interpolation, `use ${interpolations.join(', ')}`],
    [!boxFormats.includes(boundingBoxFormat), 'boundingBoxFormat', boundingBoxFormat, `use ${boxFormats.join(', ')}`],
    [masks !== null && masks !== 'classes' && masks !== 'instances', 'masks', masks, 'use "classes" or "instances"'],
    [corruptFiles !== 'raise' && corruptFiles !== 'skip', 'corruptFiles', corruptFiles, 'use "raise" or "skip"'],
  ];
  for (const [wrong, name, value, fix] of faults) if (wrong) fail(who, `${name} is ${show(value)}`, fix);
  if (scenes.length === 0) fail(who, 'there are no images', 'check the annotations');

  const fit = given.padToAspectRatio ? 'pad' : 'stretch';
  const channels = channelCount(colors);
  const loaded = imageLoader({ colors, size, interpolation, fit, decoder }, workers);
  const load = async (file: string, path: string, k: number): Promise<Sample> => {
    const { things, maskFile } = scenes[k];
    const { pixels, from } = await loaded(file, path);
    const image = { height: from[0], width: from[1] };
    const frame = frameOf(from, size, fit);
    const kept = maxBoxes === null ? things : things.slice(0, maxBoxes);
    const stored = await maskFile?.();
    const planes = masks === null ? [] : planesOf(file, kept, stored, masks, image);
    return {
      pixels,
      boxes: kept.map(({ box }) => placed(box, image, frame, size, boundingBoxFormat)),
      labels: kept.map(({ label }) => label),
      masks: planes.map((plane) => picked(plane, image, frame, size)),
    };
  };
  const batch = (samples: readonly Sample[], isSingle = false): DetectionBatch => {
    const n = samples.length;
    const count = isSingle ? [] : [n];
    const places = maxBoxes ?? Math.max(1, ...samples.map(({ labels }) => labels.length));
    const boxes = new Float32Array(n * places * 4).fill(-1);
    const labels = new Int32Array(n * places).fill(-1);
    samples.forEach((sample, i) => {
      sample.boxes.forEach((box, k) => void boxes.set(box, (i * places + k) * 4));
      labels.set(sample.labels, i * places);
    });
    const of = (data: Float32Array | Int32Array, ...shape: readonly number[]): Tensor =>
      hostTensor(data, { shape: [...count, ...shape], dtype: data instanceof Int32Array ? 'int32' : 'float32' });
    const pixels = joined(samples.map((sample) => sample.pixels));
    return {
      images: of(pixels, ...size, channels),
      boundingBoxes: { boxes: of(boxes, places, 4), labels: of(labels, places) },
      ...(masks !== null && {
        segmentationMasks: of(
          together(samples, size, masks === 'classes' ? 1 : places),
          ...size,
          masks === 'classes' ? 1 : places,
        ),
      }),
    };
  };
  const files = { paths: scenes.map(({ path }) => path), labels: undefined, classNames };
  const drawn = seed === null || seed === undefined ? defaultSeed() : checkSeed(who, seed);
  const found = { parts: [files], seed: drawn, labelMode: null, batchSize };
  return datasetsOf(
    who,
    found,
    { load, batch, single: (sample: Sample) => batch([sample], true), workers },
    { shuffle, corruptFiles },
  ) as DetectionDataset<O>;
}

type ImageSize = { readonly height: number; readonly width: number };
/** A box after resizing the image, in the requested format. */
function placed(
  [x, y, w, h]: Thing['box'],
  image: ImageSize,
  frame: Part,
  [height, width]: readonly [number, number],
  format: BoxFormat,
): Float64Array {
  const [across, down] = [frame.width / image.width, frame.height / image.height];
  return fromXywh([frame.left + x * across, frame.top + y * down, w * across, h * down], format, { height, width });
}

/** A number for each pixel of an image. */
interface Plane extends ImageSize {
  readonly data: ArrayLike<number>;
}
function planesOf(
  who: string,
  things: readonly Thing[],
  stored: Plane | undefined,
  kind: 'classes' | 'instances',
  { height, width }: ImageSize,
): Plane[] {
  if (stored && (stored.height !== height || stored.width !== width))
    fail(
      who,
      `its mask is ${stored.width} by ${stored.height} pixels, and the image ${width} by ${height}`,
      'check the files',
    );
  if (stored && kind === 'classes') return [stored];
  const bitmaps = things.map((thing, k) => {
    const data = stored ? Uint8Array.from(stored.data, (v) => Number(v === thing.number)) : thing.mask?.(height, width);
    return data ?? fail(who, `the object ${k} has no mask`, 'leave { masks } out, or complete the annotations');
  });
  if (kind === 'instances') return bitmaps.map((data) => ({ height, width, data }));
  const classes = new Uint16Array(height * width);
  // Earlier objects cover later ones, as the boxes that are dropped are the last.
  for (let k = bitmaps.length - 1; k >= 0; k--)
    bitmaps[k].forEach((isIn, p) => void (isIn && (classes[p] = things[k].label + 1)));
  return [{ height, width, data: classes }];
}

/** Nearest-neighbour resizing of a mask; 0 in the padding. */
function picked(
  { data }: Plane,
  image: ImageSize,
  frame: Part,
  [height, width]: readonly [number, number],
): Float32Array {
  const out = new Float32Array(height * width);
  const from = (p: number, size: number, count: number): number =>
    Math.min(size - 1, Math.floor(((p + 0.5) * size) / count));
  for (let y = 0; y < frame.height; y++) {
    const row = from(y, image.height, frame.height) * image.width;
    const to = (frame.top + y) * width + frame.left;
    for (let x = 0; x < frame.width; x++) out[to + x] = data[row + from(x, image.width, frame.width)];
  }
  return out;
}

/** The masks of a batch, `[n, height, width, channels]`. */
function together(
  samples: readonly Sample[],
  [height, width]: readonly [number, number],
  channels: number,
): Float32Array {
  const area = height * width;
  const out = new Float32Array(samples.length * area * channels);
  samples.forEach(({ masks }, i) => {
    masks.forEach((mask, c) => {
      for (let p = 0; p < area; p++) out[(i * area + p) * channels + c] = mask[p];
    });
  });
  return out;
}
