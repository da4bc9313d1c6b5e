import { compiling } from '../../base/content-policy.ts';
import { fail } from '../../base/errors.ts';
import { part } from '../../base/part.ts';
import { jpegDecoder, jpegEncoder } from '../carried-files.ts';
import { checkSize, type Decoded, type Pixels } from './pixels.ts';

/** WebAssembly in another package's file, compiled once. */
export function compiledOnce(file: string): () => Promise<WebAssembly.Module> {
  let module: Promise<WebAssembly.Module> | undefined;
  return () => {
    module ??= part('image', () => import('../package-file.ts'))
      .then(({ packageFile }) => packageFile(file))
      .then((bytes) => compiling('image', () => WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>)))
      .catch((error: unknown) => {
        // A failed load may succeed at the next call.
        module = undefined;
        throw error;
      });
    return module;
  };
}

const decoder = compiledOnce(jpegDecoder);
const encoder = compiledOnce(jpegEncoder);
/** The current decoder; undefined if it has to be created anew, e.g. after a damaged file, on which it exits. */
let running: typeof import('@jsquash/jpeg/decode.js') | undefined;

/** Decodes a JPEG with libjpeg's own arithmetic, so that pixels equal PIL's. EXIF orientation is ignored, as in PIL. */
export async function decodeJpeg(who: string, bytes: Uint8Array): Promise<Decoded> {
  const { width, height, channels } = frameOf(who, bytes);
  checkSize(who, width, height);
  if (channels === 4)
    fail(who, 'the JPEG holds four inks for print (CMYK)', 'save it in RGB with a program that knows the inks');
  const module = await decoder();
  if (!running) {
    running = await part('image', () => import('@jsquash/jpeg/decode.js'));
    // Its types leave out the second argument.
    const init = running.init as (module: WebAssembly.Module, options: object) => Promise<void>;
    await init(module, { print: () => {}, printErr: () => {} });
  }
  try {
    const { data } = await running.default(new Uint8Array(bytes).buffer, {
      preserveOrientation: false,
    });
    return { width, height, channels: 4, data };
  } catch {
    running = undefined;
    return fail(who, 'the JPEG is damaged', 'replace or remove the file');
  }
}

/** The frame header of a JPEG; a truncated file is refused. */
function frameOf(who: string, bytes: Uint8Array): { width: number; height: number; channels: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 < bytes.length) {
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff) break;
    if (marker === 0xff || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += marker === 0xff ? 1 : 2;
      continue;
    }
    // Start of a frame of any coding; C4, C8 and CC are tables.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const frame = { height: view.getUint16(at + 5), width: view.getUint16(at + 7), channels: bytes[at + 9] };
      if (bytes.lastIndexOf(0xd9) > at && endsWhole(bytes)) return frame;
      return fail(who, 'the JPEG ends in the middle', 'fetch the file again, or remove it');
    }
    at += 2 + view.getUint16(at + 2);
  }
  return fail(who, 'the JPEG has no picture in it', 'replace or remove the file');
}
/** Whether the end marker is there, followed by nothing but padding. */
function endsWhole(bytes: Uint8Array): boolean {
  for (let at = bytes.lastIndexOf(0xd9); at > 0; at = bytes.lastIndexOf(0xd9, at - 1))
    if (bytes[at - 1] === 0xff) return true;
  return false;
}

/**
 * Encodes grey or RGB as a baseline JPEG with the standard's quantisation tables and chroma at half the resolution, as
 * PIL does. MozJPEG makes the files smaller.
 */
export async function encodeJpeg(
  who: string,
  { mode, width, height, data }: Pixels,
  quality: number,
): Promise<Uint8Array> {
  if (mode === 'I' || mode === 'I;16')
    fail(who, 'a JPEG has no values above 255', 'save it as PNG, or give { scale: true }');
  const { default: encode, init } = await part('image', () => import('@jsquash/jpeg/encode.js'));
  await init(await encoder());
  const rgba = new Uint8ClampedArray(width * height * 4);
  const channels = mode === 'L' ? 1 : mode === 'RGB' ? 3 : 4;
  for (let p = 0; p < width * height; p++)
    for (let c = 0; c < 4; c++) rgba[4 * p + c] = c === 3 ? 255 : data[p * channels + (channels === 1 ? 0 : c)];
  const options = {
    quality,
    baseline: true,
    progressive: false,
    // Without this option the encoder writes damaged files.
    optimize_coding: true,
    color_space: mode === 'L' ? 1 : 3,
    quant_table: 0,
    auto_subsample: false,
  };
  return new Uint8Array(await encode({ width, height, data: rgba } as ImageData, options));
}
