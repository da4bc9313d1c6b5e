import { compiling } from '../base/content-policy.ts';
import { part } from '../base/part.ts';
import { renderer } from '../formats/carried-files.ts';
import { packageFile } from '../formats/package-file.ts';
import { fontsFor } from './fonts.ts';
import { fontFamily } from './text.ts';

export interface RasterizeOptions {
  /** Background colour. Default: none. */
  readonly background?: string;
  /** Width in pixels. Default: the picture's own. */
  readonly width?: number;
}
export interface Raster {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and opacity of each pixel, row by row. */
  readonly pixels: Uint8Array;
}

type Resvg = typeof import('@resvg/resvg-wasm');
let library: Promise<Resvg> | undefined;

/** The renderer, loaded when the first picture needs it. */
function load(): Promise<Resvg> {
  library ??= (async () => {
    const resvg = await part('picture', () => import('@resvg/resvg-wasm'));
    const bytes = await part('picture', () => packageFile(renderer));
    await compiling('picture', () => resvg.initWasm(bytes as Uint8Array<ArrayBuffer>)).catch((error: Error) => {
      // Another copy of the library has initialised it.
      if (!/already initialized/i.test(error.message)) throw error;
    });
    return resvg;
  })().catch((error) => {
    // A failed load may succeed at the next call.
    library = undefined;
    throw error;
  });
  return library;
}

async function render<R>(
  svg: string,
  { background, width }: RasterizeOptions,
  read: (image: ReturnType<InstanceType<Resvg['Resvg']>['render']>) => R,
): Promise<R> {
  const [{ Resvg }, fontBuffers] = await Promise.all([load(), fontsFor(svg)]);
  const picture = new Resvg(svg, {
    font: { fontBuffers, defaultFontFamily: fontFamily, sansSerifFamily: fontFamily, serifFamily: fontFamily },
    ...(background !== undefined && { background }),
    ...(width !== undefined && { fitTo: { mode: 'width', value: width } }),
  });
  const image = picture.render();
  try {
    return read(image);
  } finally {
    image.free();
    picture.free();
  }
}

/** An SVG picture as the bytes of a PNG file. */
export const svgToPng = (svg: string, options: RasterizeOptions = {}): Promise<Uint8Array> =>
  render(svg, options, (image) => image.asPng());

/** An SVG picture as pixels. */
export const svgToPixels = (svg: string, options: RasterizeOptions = {}): Promise<Raster> =>
  render(svg, options, ({ width, height, pixels }) => ({ width, height, pixels }));
