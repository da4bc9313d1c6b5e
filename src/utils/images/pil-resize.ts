import { channelsOf, type Pixels } from '../../formats/images/pixels.ts';
import { kernels, type Taps, tapsFor } from './resample.ts';

/** PIL's interpolation methods. */
export type PilInterpolation = 'nearest' | 'bilinear' | 'bicubic' | 'hamming' | 'box' | 'lanczos';
const pilKernels = {
  bilinear: kernels.bilinear,
  bicubic: kernels.bicubic,
  hamming: kernels.hamming,
  box: kernels.box,
  lanczos: kernels.lanczos3,
} as const;
export const pilInterpolations: readonly string[] = ['nearest', ...Object.keys(pilKernels)];

/** A part of an image: left, upper, right and lower edge. */
export type Part = readonly [left: number, top: number, right: number, bottom: number];

/** Resizes an image, or a part of it, with the same results as PIL (`Image.resize`): shrinking averages. */
export function pilResize(
  image: Pixels,
  width: number,
  height: number,
  interpolation: PilInterpolation,
  part?: Part,
): Pixels {
  const [left, top, right, bottom] = part ?? [0, 0, image.width, image.height];
  if (interpolation === 'nearest') return nearest(image, width, height, [left, top, right, bottom]);
  // Colours are weighted by opacity.
  const isSeenThrough = image.mode === 'RGBA';
  const kernel = pilKernels[interpolation];
  let made = isSeenThrough ? withOpacity(image) : image;
  if (width !== image.width || left !== 0 || right !== width)
    made = across(made, tapsFor(image.width, width, kernel, { from: left, to: right, antialias: true }), width);
  if (height !== image.height || top !== 0 || bottom !== height)
    made = down(made, tapsFor(image.height, height, kernel, { from: top, to: bottom, antialias: true }), height);
  return isSeenThrough ? apartFromOpacity(made) : made;
}

function nearest(image: Pixels, width: number, height: number, [left, top, right, bottom]: Part): Pixels {
  const channels = channelsOf(image.mode);
  // Positions are accumulated as in PIL, with the same rounding.
  const positions = (from: number, to: number, count: number): Int32Array => {
    const scale = (to - from) / count;
    let at = from + scale * 0.5;
    return Int32Array.from({ length: count }, () => {
      const position = Math.trunc(at);
      at += scale;
      return position;
    });
  };
  const xs = positions(left, right, width);
  const ys = positions(top, bottom, height);
  const data = emptyLike(image, width * height * channels);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0, at = (ys[y] * image.width + xs[x]) * channels; c < channels; c++) data[to++] = image.data[at + c];
  return { ...image, width, height, data };
}
const emptyLike = ({ data }: Pixels, length: number): Pixels['data'] =>
  new (data.constructor as Uint8ArrayConstructor)(length);

const bits = 22;
/** Weights in PIL's fixed-point form for bytes: multiples of 2^-22. */
const inParts = ({ weights }: Taps): Int32Array =>
  Int32Array.from(weights, (w) => Math.trunc(w * 2 ** bits + (w < 0 ? -0.5 : 0.5)));

/** Weighted sums of values `stride` apart, rounded to the image's mode. */
function summer({ data, mode }: Pixels, taps: Taps): (at: number, stride: number, p: number) => number {
  const { width, counts } = taps;
  if (data instanceof Uint8Array) {
    const weights = inParts(taps);
    return (at, stride, p) => {
      let sum = 2 ** (bits - 1);
      for (let k = 0, w = p * width; k < counts[p]; k++, at += stride) sum += data[at] * weights[w + k];
      return Math.max(0, Math.min(255, sum >> bits));
    };
  }
  const { weights } = taps;
  const [least, most] = mode === 'I;16' ? [0, 65535] : [-(2 ** 31), 2 ** 31 - 1];
  return (at, stride, p) => {
    let sum = 0;
    for (let k = 0, w = p * width; k < counts[p]; k++, at += stride) sum += data[at] * weights[w + k];
    return Math.max(least, Math.min(most, Math.trunc(sum < 0 ? sum - 0.5 : sum + 0.5)));
  };
}

function across(image: Pixels, taps: Taps, width: number): Pixels {
  const channels = channelsOf(image.mode);
  const sum = summer(image, taps);
  const data = emptyLike(image, width * image.height * channels);
  for (let y = 0, to = 0; y < image.height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0, at = (y * image.width + taps.first[x]) * channels; c < channels; c++)
        data[to++] = sum(at + c, channels, x);
  return { ...image, width, data };
}
function down(image: Pixels, taps: Taps, height: number): Pixels {
  const row = image.width * channelsOf(image.mode);
  const sum = summer(image, taps);
  const data = emptyLike(image, row * height);
  for (let y = 0, to = 0; y < height; y++)
    for (let x = 0, at = taps.first[y] * row; x < row; x++) data[to++] = sum(at + x, row, y);
  return { ...image, height, data };
}

/** Premultiplies colours with their opacity. */
function withOpacity(image: Pixels): Pixels {
  const data = new Uint8Array(image.data.length);
  for (let at = 0; at < data.length; at += 4) {
    const opacity = image.data[at + 3];
    for (let c = 0; c < 3; c++) {
      const product = image.data[at + c] * opacity + 128;
      data[at + c] = ((product >> 8) + product) >> 8;
    }
    data[at + 3] = opacity;
  }
  return { ...image, data };
}
/** Undoes the premultiplication. */
function apartFromOpacity(image: Pixels): Pixels {
  const data = Uint8Array.from(image.data);
  for (let at = 0; at < data.length; at += 4) {
    const opacity = data[at + 3];
    if (opacity === 0 || opacity === 255) continue;
    for (let c = 0; c < 3; c++) data[at + c] = Math.min(255, Math.trunc((255 * data[at + c]) / opacity));
  }
  return { ...image, data };
}
