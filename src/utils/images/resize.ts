import { channelsOf, type Pixels } from '../../formats/images/pixels.ts';
import { middleOf } from './middle.ts';
import { kernels, type Taps, tapsFor } from './resample.ts';

/** Interpolation methods of Keras's own resizing, which does not average when shrinking. */
export type Interpolation = 'nearest' | 'area' | Exclude<keyof typeof kernels, 'box' | 'hamming'>;
export const interpolations: readonly Interpolation[] = [
  'bilinear',
  'nearest',
  'bicubic',
  'area',
  'lanczos3',
  'lanczos5',
  'gaussian',
  'mitchellcubic',
];

/** How to fit an image of another aspect ratio. */
export type Fit = 'stretch' | 'crop' | 'pad';
type Size = readonly [height: number, width: number];

/** An image in a size as floats, `[height, width, channels]`. */
export function resizedPixels(image: Pixels, size: Size, interpolation: Interpolation, fit: Fit): Float32Array {
  if (fit === 'crop') return resampled(image, middleOf([image.height, image.width], size), size, interpolation);
  const { top, left, height, width } = frameOf([image.height, image.width], size, fit);
  const made = resampled(
    image,
    { top: 0, left: 0, height: image.height, width: image.width },
    [height, width],
    interpolation,
  );
  if (fit === 'stretch') return made;
  const row = width * channelsOf(image.mode);
  const out = new Float32Array((made.length / (height * width)) * size[0] * size[1]);
  for (let y = 0; y < height; y++)
    out.set(made.subarray(y * row, (y + 1) * row), ((top + y) * size[1] + left) * (row / width));
  return out;
}

/** The area that an image fills in the target: all of it, or with `'pad'` a part with the image's aspect ratio. */
export function frameOf([height, width]: Size, size: Size, fit: 'stretch' | 'pad'): Part {
  if (fit === 'stretch') return { top: 0, left: 0, height: size[0], width: size[1] };
  // Rounded in float32, as TensorFlow does.
  const f = Math.fround;
  const ratio = Math.max(f(width / size[1]), f(height / size[0]));
  const inner = [f(height / ratio), f(width / ratio)] as const;
  const margin = (k: 0 | 1): number => Math.max(0, Math.floor((size[k] - inner[k]) / 2));
  const whole = (k: 0 | 1): number => Math.max(1, Math.floor(inner[k]));
  return { top: margin(0), left: margin(1), height: whole(0), width: whole(1) };
}

/** A part of an image, in pixels. */
export interface Part {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}
function resampled(image: Pixels, part: Part, [height, width]: Size, interpolation: Interpolation): Float32Array {
  const channels = channelsOf(image.mode);
  const down = tapsOf(part.height, height, interpolation);
  const across = tapsOf(part.width, width, interpolation);
  const row = width * channels;
  const out = new Float32Array(height * row);
  // Each source line is resampled once and kept while target lines need it.
  const room = down.width + 1;
  const lines = Array.from({ length: room }, () => new Float32Array(row));
  const kept = new Int32Array(room).fill(-1);
  const lineAt = (y: number): Float32Array => {
    const line = lines[y % room];
    if (kept[y % room] !== y)
      stretch(image.data, ((part.top + y) * image.width + part.left) * channels, channels, across, line);
    kept[y % room] = y;
    return line;
  };
  for (let y = 0; y < height; y++) {
    const first = down.first[y];
    const count = down.counts[y];
    const weight = (k: number): number => down.weights[y * down.width + k];
    // In the common case a line is interpolated between two others.
    if (count === 2) between(lineAt(first), weight(0), lineAt(first + 1), weight(1), out, y * row);
    else for (let k = 0; k < count; k++) addTo(out, y * row, lineAt(first + k), weight(k));
  }
  return out;
}
function between(a: Float32Array, u: number, b: Float32Array, v: number, out: Float32Array, at: number): void {
  for (let x = 0; x < a.length; x++) out[at + x] = u * a[x] + v * b[x];
}
function addTo(out: Float32Array, at: number, line: Float32Array, weight: number): void {
  for (let x = 0; x < line.length; x++) out[at + x] += weight * line[x];
}
/** Resamples a line of an image, starting at an offset. */
function stretch(data: Pixels['data'], from: number, channels: number, taps: Taps, out: Float32Array): void {
  const { first, counts, weights, width } = taps;
  for (let x = 0, to = 0; x < first.length; x++) {
    const start = from + first[x] * channels;
    const count = counts[x];
    const w = x * width;
    if (count === 2) {
      const u = weights[w];
      const v = weights[w + 1];
      for (let at = start; at < start + channels; at++) out[to++] = u * data[at] + v * data[at + channels];
      continue;
    }
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let k = 0, at = start + c; k < count; k++, at += channels) sum += weights[w + k] * data[at];
      out[to++] = sum;
    }
  }
}

/** Cache of weights: the images of a folder tend to share sizes. */
const known = new Map<string, Taps>();
function tapsOf(size: number, count: number, interpolation: Interpolation): Taps {
  const key = `${size} ${count} ${interpolation}`;
  const found = known.get(key);
  if (found) return found;
  const made =
    size === count
      ? picking(count, (p) => p)
      : interpolation === 'nearest'
        ? picking(count, (p) => Math.min(size - 1, Math.floor((p + 0.5) * (size / count))))
        : interpolation === 'area'
          ? covering(size, count)
          : tapsFor(size, count, kernels[interpolation], { antialias: false });
  if (known.size > 256) known.clear();
  known.set(key, made);
  return made;
}
const picking = (count: number, from: (p: number) => number): Taps => ({
  width: 1,
  first: Int32Array.from({ length: count }, (_, p) => from(p)),
  counts: new Int32Array(count).fill(1),
  weights: new Float64Array(count).fill(1),
});
/** Each pixel is the mean of the area that it covers. */
function covering(size: number, count: number): Taps {
  const scale = size / count;
  const width = Math.ceil(scale) + 1;
  const taps: Taps = {
    width,
    first: new Int32Array(count),
    counts: new Int32Array(count),
    weights: new Float64Array(count * width),
  };
  for (let p = 0; p < count; p++) {
    const [from, to] = [p * scale, (p + 1) * scale];
    taps.first[p] = Math.floor(from);
    taps.counts[p] = Math.min(size, Math.ceil(to)) - taps.first[p];
    for (let k = 0; k < taps.counts[p]; k++) {
      const at = taps.first[p] + k;
      taps.weights[p * width + k] = (Math.min(at + 1, to) - Math.max(at, from)) / scale;
    }
  }
  return taps;
}
