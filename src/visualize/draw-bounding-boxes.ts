import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { BoxFormat } from '../ops/detection/index.ts';
import { type Like, type Tensor, tensor } from '../tensor/index.ts';
import { type BoundingBoxes, type ClassMapping, type Color, drawBoxes, readBoxes } from './bounding-boxes.ts';
import { type ImageOptions, imageAddress, readImages } from './images.ts';
import { svgToPixels } from './rasterize.ts';
import { textStyle } from './text.ts';

/** Options of `drawBoundingBoxes`. */
export interface DrawBoundingBoxesOptions extends ImageOptions {
  /** Format of the boxes: "xyxy", "xywh", "rel_xyxy", "center_xywh", … */
  readonly boundingBoxFormat: BoxFormat;
  /** Default: red. */
  readonly color?: Color | undefined;
  /** Names of the classes; unnamed ones are shown by number. */
  readonly classMapping?: ClassMapping | undefined;
  /** Line width in pixels. Default: 2. */
  readonly lineThickness?: number | undefined;
  /** Size of the labels: 1 for 12-pixel text; 0 omits them. */
  readonly fontScale?: number | undefined;
  /** Boxes with lower confidence are left out. Default: 0. */
  readonly confidenceThreshold?: number | undefined;
}
const drawBoundingBoxesOptions: OptionNames<DrawBoundingBoxesOptions> = {
  boundingBoxFormat: true,
  color: true,
  classMapping: true,
  lineThickness: true,
  fontScale: true,
  confidenceThreshold: true,
  valueRange: true,
  dataFormat: true,
};

/** Draws boxes onto images and returns pixels. */
export async function drawBoundingBoxes(
  images: Like,
  boundingBoxes: BoundingBoxes,
  options: DrawBoundingBoxesOptions,
): Promise<Tensor> {
  optionsOf('drawBoundingBoxes', drawBoundingBoxesOptions, options);
  const who = 'drawBoundingBoxes';
  const { boundingBoxFormat, color = [255, 0, 0], lineThickness = 2, fontScale = 1, confidenceThreshold = 0 } = options;
  if (!boundingBoxFormat) fail(who, 'boundingBoxFormat is missing', 'say how boxes are written: "xyxy", "xywh", …');
  const found = await readImages(who, images, options);
  if (found.length === 0) fail(who, 'there are no images', 'give a batch of at least one');
  const { width, height } = found[0];
  const size = { count: found.length, width, height, threshold: confidenceThreshold };
  const boxes = await readBoxes(who, boundingBoxes, boundingBoxFormat, size);
  const area = width * height;
  const pixels = new Uint8Array(found.length * area * 3);
  const isFirst = options.dataFormat === 'channels_first';
  for (const [n, image] of found.entries()) {
    const style = { ...options, color, lineThickness, fontSize: 12 * fontScale, side: 'top' } as const;
    const drawing = drawBoxes([{ boxes: boxes[n], style }], { width, height, scale: 1 });
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ${textStyle}><image href="${await imageAddress(image)}" width="${width}" height="${height}" image-rendering="optimizeSpeed"/>${drawing}</svg>`;
    const raster = await svgToPixels(svg, { background: 'black' });
    for (let p = 0; p < area; p++)
      for (let c = 0; c < 3; c++)
        pixels[n * area * 3 + (isFirst ? c * area + p : p * 3 + c)] = raster.pixels[p * 4 + c];
  }
  return tensor(pixels, {
    shape: isFirst ? [found.length, 3, height, width] : [found.length, height, width, 3],
    dtype: 'uint8',
  });
}
