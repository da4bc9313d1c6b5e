import { readFile } from '../../formats/file.ts';
import { decodeImage } from '../../formats/images/decode.ts';
import type { ColorMode } from '../../formats/images/pixels.ts';
import { decodeBySharp } from '../../formats/images/sharp.ts';
import { type Fit, type Interpolation, resizedPixels } from '../images/resize.ts';

/** How to turn the images of a folder into samples. */
export interface PixelsWanted {
  readonly colors: ColorMode;
  readonly size: readonly [height: number, width: number];
  readonly interpolation: Interpolation;
  readonly fit: Fit;
  readonly decoder: 'own' | 'sharp';
}
/** An image as a sample. */
export interface SamplePixels {
  /** `[height, width, channels]` in the requested size. */
  readonly pixels: Float32Array;
  /** Height and width of the file's image. */
  readonly from: readonly [height: number, width: number];
}

/** The image in a file, in the requested size. `who` is named by errors. */
export async function samplePixels(
  who: string,
  path: string,
  { colors, size, interpolation, fit, decoder }: PixelsWanted,
): Promise<SamplePixels> {
  const image = await (decoder === 'own' ? decodeImage : decodeBySharp)(who, await readFile(path), colors);
  return { pixels: resizedPixels(image, size, interpolation, fit), from: [image.height, image.width] };
}
