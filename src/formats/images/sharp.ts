import { print } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { type ColorMode, channelsOf, type Pixels } from './pixels.ts';

/** What we use of sharp, where it is installed. */
interface Sharp {
  (
    bytes: Uint8Array,
    options: { failOn: 'error' },
  ): Sharp & { toBuffer(options: { resolveWithObject: true }): Promise<Raw> };
  readonly versions: { readonly sharp: string };
  toColourspace(space: 'srgb' | 'b-w'): ReturnType<Sharp>;
  ensureAlpha(): ReturnType<Sharp>;
  removeAlpha(): ReturnType<Sharp>;
  raw(): ReturnType<Sharp>;
}
interface Raw {
  readonly data: Uint8Array;
  readonly info: { readonly width: number; readonly height: number };
}

/** A package that may be missing, under a name that bundlers do not see. */
const optional = (name: string) => import(/* @vite-ignore */ /* webpackIgnore: true */ name);

let library: Promise<Sharp> | undefined;
/** Loads the package, and reports once that it decodes images. */
export const prepareSharp = async (who: string): Promise<void> => void (await load(who));
async function load(who: string): Promise<Sharp> {
  library ??= optional('sharp').then(({ default: sharp }: { default: Sharp }) => {
    print(`Images are decoded by sharp ${sharp.versions.sharp}`);
    return sharp;
  });
  return library.catch((error: unknown) => {
    library = undefined;
    return fail(
      who,
      `sharp was asked for and cannot be loaded: ${(error as Error).message.split('\n')[0]}`,
      'run `npm install sharp`, in Node, or leave { decoder } out',
    );
  });
}

/**
 * Decodes an image file with the package sharp, which is faster and reads more formats; pixels may differ by one step.
 */
export async function decodeBySharp(who: string, bytes: Uint8Array, colors: ColorMode): Promise<Pixels> {
  const sharp = await load(who);
  const mode = colors === 'grayscale' ? 'L' : colors === 'rgb' ? 'RGB' : 'RGBA';
  try {
    const image = sharp(bytes, { failOn: 'error' }).toColourspace(mode === 'L' ? 'b-w' : 'srgb');
    const { data, info } = await (mode === 'RGBA' ? image.ensureAlpha() : image.removeAlpha())
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    if (data.length !== width * height * channelsOf(mode)) throw new Error('it has other channels than were asked for');
    return { mode, width, height, data };
  } catch (error) {
    return fail(who, `sharp cannot decode the image: ${(error as Error).message}`, 'replace or remove the file');
  }
}
