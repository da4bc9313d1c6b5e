import { fail } from '../../base/errors.ts';
import { part } from '../../base/part.ts';
import { webpDecoder } from '../carried-files.ts';
import { compiledOnce } from './jpeg.ts';
import type { Decoded } from './pixels.ts';

const decoder = compiledOnce(webpDecoder);
let isReady = false;

/** Decodes a WebP image with libwebp, as PIL does. */
export async function decodeWebp(who: string, bytes: Uint8Array): Promise<Decoded> {
  const module = await decoder();
  const { default: decode, init } = await part('image', () => import('@jsquash/webp/decode.js'));
  if (!isReady) await init(module);
  isReady = true;
  // The extended header has a flag for animations.
  if (String.fromCharCode(...bytes.subarray(12, 16)) === 'VP8X' && bytes[20] & 2)
    fail(who, 'the WebP moves', 'save one of its pictures');
  try {
    const { width, height, data } = await decode(new Uint8Array(bytes).buffer);
    return { width, height, channels: 4, data };
  } catch {
    return fail(who, 'the WebP is damaged', 'replace or remove the file');
  }
}
