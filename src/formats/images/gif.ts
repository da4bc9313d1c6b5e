import { fail } from '../../base/errors.ts';
import { part } from '../../base/part.ts';
import { checkSize, type Decoded } from './pixels.ts';

/** Decodes the first frame of a GIF, on its full screen. Transparent pixels keep their colour, as in PIL. */
export async function decodeGif(who: string, bytes: Uint8Array): Promise<Decoded> {
  const { GifReader } = await part('GIF', () => import('omggif'));
  try {
    const reader = new GifReader(bytes);
    const { width, height } = reader;
    checkSize(who, width, height);
    const draw = (): Uint8Array => {
      const out = new Uint8Array(width * height * 4);
      reader.decodeAndBlitFrameRGBA(0, out);
      return out;
    };
    const seen = draw();
    const frame = reader.frameInfo(0);
    if (frame.transparent_index === null) return { width, height, channels: 4, data: seen };
    // Without a transparent index every pixel is drawn.
    frame.transparent_index = null;
    const data = draw();
    for (let at = 3; at < data.length; at += 4) data[at] = seen[at];
    return { width, height, channels: 4, data };
  } catch (error) {
    return fail(who, `the GIF is damaged: ${(error as Error).message}`, 'replace or remove the file');
  }
}
