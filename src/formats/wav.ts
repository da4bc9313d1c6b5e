import { fail } from '../base/errors.ts';

/** Sound: samples from -1 to 1, interleaved by channel. */
export interface Sound {
  /** Samples per second. */
  readonly rate: number;
  readonly channels: number;
  /** `[samples, channels]`. */
  readonly data: Float32Array;
}

const pcm = 1;
const float = 3;
const extensible = 0xfffe;
const damaged = 'fetch the file again, or remove it';

/** Decodes an uncompressed WAV file: integers of 8, 16, 24 or 32 bits, or floats. */
export function decodeWav(who: string, bytes: Uint8Array): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (bytes.length < 12 || text(0) !== 'RIFF' || text(8) !== 'WAVE')
    fail(who, bytes.length === 0 ? 'the file is empty' : 'the file is no WAV', 'use uncompressed WAV files');
  let format: { code: number; channels: number; rate: number; bits: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    const start = at + 8;
    if (text(at) === 'fmt ' && size >= 16 && start + size <= bytes.length) {
      const code = view.getUint16(start, true);
      format = {
        // An extensible header names the actual format later on.
        code: code === extensible && size >= 26 ? view.getUint16(start + 24, true) : code,
        channels: view.getUint16(start + 2, true),
        rate: view.getUint32(start + 4, true),
        bits: view.getUint16(start + 14, true),
      };
    }
    if (text(at) === 'data') {
      if (!format) return fail(who, 'the WAV has no format before its samples', damaged);
      const { code, channels, rate, bits } = format;
      const read = readers[`${code} ${bits}`];
      if (!read || channels === 0)
        return fail(who, `the WAV holds samples of form ${code} with ${bits} bits`, 'save it uncompressed, in 16 bits');
      // Streamed files do not state their length.
      const isOpen = size === 0xffffffff || size === 0;
      if (!isOpen && start + size > bytes.length) fail(who, 'the WAV ends in the middle', damaged);
      const width = (bits / 8) * channels;
      const count = Math.floor((isOpen ? bytes.length - start : size) / width) * channels;
      const data = new Float32Array(count);
      for (let k = 0, from = start; k < count; k++, from += bits / 8) data[k] = read(view, from);
      return { rate, channels, data };
    }
    at = start + size + (size % 2);
  }
  return fail(who, 'the WAV has no samples', damaged);
}

/** How a sample is read, by its form and bits. */
const readers: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  [`${pcm} 8`]: (view, at) => (view.getUint8(at) - 128) / 128,
  [`${pcm} 16`]: (view, at) => view.getInt16(at, true) / 2 ** 15,
  [`${pcm} 24`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 2 ** 16) / 2 ** 23,
  [`${pcm} 32`]: (view, at) => view.getInt32(at, true) / 2 ** 31,
  [`${float} 32`]: (view, at) => view.getFloat32(at, true),
  [`${float} 64`]: (view, at) => view.getFloat64(at, true),
};
