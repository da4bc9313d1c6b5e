import { fail } from '../../base/errors.ts';

/** PIL's modes: grey, RGB and RGBA in bytes, grey in 16 or 32 bits. */
export type Mode = 'L' | 'RGB' | 'RGBA' | 'I;16' | 'I';
/** The channels of an image: grey, RGB, or RGB with opacity. */
export type ColorMode = 'grayscale' | 'rgb' | 'rgba';

/** An image: pixels row by row from the top, channels interleaved. */
export interface Pixels {
  /** What the channels are, in PIL's words: `L` is grey, `RGB` and `RGBA` are colours. */
  readonly mode: Mode;
  /** Pixels in a row. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
  /** `height · width · channels` values. */
  readonly data: Uint8Array | Uint16Array | Int32Array;
}
/** Channels of an image in such colours. */
export const channelCount = (colors: ColorMode): number => (colors === 'grayscale' ? 1 : colors === 'rgb' ? 3 : 4);
export const channelsOf = (mode: Mode): number => (mode === 'RGB' ? 3 : mode === 'RGBA' ? 4 : 1);

/** An image as decoders return it. */
export interface Decoded {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and opacity, 3 RGB, 4 RGBA. */
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array | Uint8ClampedArray;
  /** The colour that is transparent, of an image without opacity. */
  readonly transparent?: ArrayLike<number> | undefined;
}

/** The most pixels that an image may have; a file that declares more is taken for an attack. */
const mostPixels = 2 ** 28;
/** Refuses sizes that cannot be right, before memory is taken for them. */
export function checkSize(who: string, width: number, height: number): void {
  if (!(width > 0 && height > 0 && width * height <= mostPixels))
    fail(who, `the image is ${width} by ${height} pixels`, 'the file is damaged, or larger than any image should be');
}

/** The grey that PIL makes of a colour: 0.299 red, 0.587 green, 0.114 blue. */
const grey = (r: number, g: number, b: number): number => (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;

/**
 * Converts a decoded image to the given colours, as PIL does. 16-bit grey is kept for grayscale, as in Keras; otherwise
 * its upper byte is taken.
 */
export function inColors({ width, height, channels, data: given, transparent }: Decoded, wanted: ColorMode): Pixels {
  const size = width * height;
  const isWide = given instanceof Uint16Array;
  if (isWide && channels === 1 && wanted === 'grayscale') return { mode: 'I;16', width, height, data: given };
  const data = isWide ? Uint8Array.from(given, (v) => v >> 8) : given;
  const isGrey = channels < 3;
  if (wanted === 'grayscale') {
    if (channels === 1) return { mode: 'L', width, height, data: asBytes(data) };
    const out = new Uint8Array(size);
    for (let p = 0, at = 0; p < size; p++, at += channels)
      out[p] = isGrey ? data[at] : grey(data[at], data[at + 1], data[at + 2]);
    return { mode: 'L', width, height, data: out };
  }
  const to = wanted === 'rgb' ? 3 : 4;
  const mode = wanted === 'rgb' ? 'RGB' : 'RGBA';
  if (channels === to) return { mode, width, height, data: asBytes(data) };
  const out = new Uint8Array(size * to);
  if (channels === 4) {
    // The common case of photographs, which are decoded to RGBA.
    for (let from = 0, at = 0; at < out.length; from += 4, at += 3) {
      out[at] = data[from];
      out[at + 1] = data[from + 1];
      out[at + 2] = data[from + 2];
    }
    return { mode, width, height, data: out };
  }
  for (let p = 0, from = 0, at = 0; p < size; p++, from += channels, at += to) {
    out[at] = data[from];
    out[at + 1] = data[isGrey ? from : from + 1];
    out[at + 2] = data[isGrey ? from : from + 2];
    if (to === 3) continue;
    if (channels % 2 === 0) out[at + 3] = data[from + channels - 1];
    else out[at + 3] = transparent && isColor(given, from, channels, transparent) ? 0 : 255;
  }
  return { mode, width, height, data: out };
}
const asBytes = (data: Uint8Array | Uint8ClampedArray | Uint16Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.length);
function isColor(data: ArrayLike<number>, at: number, channels: number, color: ArrayLike<number>): boolean {
  for (let c = 0; c < channels; c++) if (data[at + c] !== color[c]) return false;
  return true;
}
