import { imageDataFormat } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { part } from '../base/part.ts';
import { showShape } from '../base/shape.ts';
import { asTensor, type Like } from '../tensor/index.ts';

/** An image as 8-bit values, row by row: grey (one channel), RGB or RGBA. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}
export interface ImageOptions {
  /** The values of black and white. Default: [0, 255]. */
  readonly valueRange?: readonly [low: number, high: number] | undefined;
  /** Default: as in `keras.config`. */
  readonly dataFormat?: 'channels_last' | 'channels_first' | undefined;
}

/** The images of a batch `[n, height, width, channels]`. */
export async function readImages(who: string, batch: Like, options: ImageOptions = {}): Promise<Image[]> {
  const { valueRange: [low, high] = [0, 255], dataFormat = imageDataFormat() } = options;
  const tensor = asTensor(batch);
  const { shape } = tensor;
  if (shape.length !== 4)
    fail(who, `images have shape ${showShape(shape)}`, 'give a batch of images [n, height, width, channels]');
  const isLast = dataFormat === 'channels_last';
  const [n, height, width, channels] = (isLast ? shape : [shape[0], shape[2], shape[3], shape[1]]) as [
    number,
    number,
    number,
    number,
  ];
  if (![1, 3, 4].includes(channels))
    fail(who, `images have ${channels} channels (shape ${showShape(shape)})`, 'give 1 (grey), 3 (RGB) or 4 (RGBA)');
  if (!(high > low))
    fail(who, `valueRange is [${low}, ${high}]`, 'give the values of black and white, the lower first');
  const values = await tensor.data();
  const area = height * width;
  return Array.from({ length: n }, (_, k) => {
    const data = new Uint8Array(area * channels);
    const start = k * area * channels;
    for (let p = 0; p < area; p++)
      for (let c = 0; c < channels; c++) {
        const value = values[start + (isLast ? p * channels + c : c * area + p)];
        data[p * channels + c] = Math.max(0, Math.min(255, Math.round(((value - low) / (high - low)) * 255)));
      }
    return { width, height, channels, data };
  });
}

/** An image as a `data:` address of a PNG file. */
export async function imageAddress({ width, height, channels, data }: Image): Promise<string> {
  const { encode } = await part('PNG', () => import('fast-png'));
  const bytes = encode({ width, height, channels, data, depth: 8 });
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return `data:image/png;base64,${btoa(text)}`;
}
