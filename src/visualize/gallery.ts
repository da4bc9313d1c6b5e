import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { Place } from '../formats/file.ts';
import type { BoxFormat } from '../ops/detection/index.ts';
import { asTensor, type Like } from '../tensor/index.ts';
import { type BoundingBoxes, type ClassMapping, type Color, drawBoxes, nameOf, readBoxes } from './bounding-boxes.ts';
import { type Image, type ImageOptions, imageAddress, readImages } from './images.ts';
import { formatOf, type PictureFormat, savePicture } from './picture-file.ts';
import { escapeXml, textStyle, textWidth } from './text.ts';

/** The layout of a gallery. */
export interface GalleryOptions extends ImageOptions {
  /** Number of rows. Default: a roughly square grid. */
  readonly rows?: number | undefined;
  /** Number of columns. */
  readonly columns?: number | undefined;
  /** Keras's name of `columns`. */
  readonly cols?: number | undefined;
  /** Width of each image in inches. Default: 2. */
  readonly scale?: number | undefined;
  /** Pixels per inch. Default: 120. */
  readonly dpi?: number | undefined;
  /** Where to write the picture: `.png` or `.svg`. Without it, only the bytes of a PNG picture are given. */
  readonly toFile?: Place | undefined;
  /** Keras's name of `toFile`. */
  readonly path?: Place | undefined;
}
export const galleryOptions: OptionNames<GalleryOptions> = {
  rows: true,
  columns: true,
  cols: true,
  scale: true,
  dpi: true,
  toFile: true,
  path: true,
  valueRange: true,
  dataFormat: true,
};
/** Options of `plotImageGallery`. */
export interface ImageGalleryOptions extends GalleryOptions {
  /** The class of each image, `[n]`. */
  readonly yTrue?: Like | undefined;
  /** The predicted class of each image, `[n]`. */
  readonly yPred?: Like | undefined;
  /** Names of the classes. */
  readonly labelMap?: ClassMapping | undefined;
}
const imageGalleryOptions: OptionNames<ImageGalleryOptions> = {
  yTrue: true,
  yPred: true,
  labelMap: true,
  ...galleryOptions,
};
/** Options of `plotBoundingBoxGallery`. */
export interface BoundingBoxGalleryOptions extends GalleryOptions {
  /** Format of the boxes: "xyxy", "xywh", "rel_xyxy", "center_xywh", … */
  readonly boundingBoxFormat: BoxFormat;
  /** The true boxes. */
  readonly yTrue?: BoundingBoxes | undefined;
  /** The predicted boxes. */
  readonly yPred?: BoundingBoxes | undefined;
  /** Colour of true boxes. */
  readonly trueColor?: Color | undefined;
  /** Colour of predicted boxes. */
  readonly predColor?: Color | undefined;
  /** Line width in pixels on an image shown 320 pixels wide; scales with larger ones. Default: 2. */
  readonly lineThickness?: number | undefined;
  /** Size of the labels: 1 for 12-pixel text on an image shown 320 pixels wide; scales with larger ones. */
  readonly fontScale?: number | undefined;
  /** Names of the classes; unnamed ones are shown by number. */
  readonly classMapping?: ClassMapping | undefined;
  /** Names of the classes of true boxes. */
  readonly groundTruthMapping?: ClassMapping | undefined;
  /** Names of the classes of predicted boxes. */
  readonly predictionMapping?: ClassMapping | undefined;
  /** Predictions with lower confidence are left out. Default: 0.25. */
  readonly confidenceThreshold?: number | undefined;
  /** Whether to draw a legend. Default: if there are both kinds of boxes. */
  readonly legend?: boolean | undefined;
}
const boundingBoxGalleryOptions: OptionNames<BoundingBoxGalleryOptions> = {
  boundingBoxFormat: true,
  yTrue: true,
  yPred: true,
  trueColor: true,
  predColor: true,
  lineThickness: true,
  fontScale: true,
  classMapping: true,
  groundTruthMapping: true,
  predictionMapping: true,
  confidenceThreshold: true,
  legend: true,
  ...galleryOptions,
};

/** Images in a grid, with captions. */
export async function plotImageGallery(images: Like, options: ImageGalleryOptions = {}): Promise<Uint8Array> {
  optionsOf('plotImageGallery', imageGalleryOptions, options);
  const { yTrue, yPred, labelMap } = options;
  const found = await readImages('plotImageGallery', images, options);
  const names = async (labels: Like | undefined): Promise<string[] | undefined> =>
    labels === undefined ? undefined : Array.from(await asTensor(labels).data(), (k) => nameOf(k, labelMap));
  const [truth, predicted] = [await names(yTrue), await names(yPred)];
  const captions = found.map((_, n): Caption => {
    const isWrong = truth && predicted ? truth[n] !== predicted[n] : false;
    const parts = [truth && `${predicted ? 'true: ' : ''}${truth[n]}`, predicted && `predicted: ${predicted[n]}`];
    return { text: parts.filter(Boolean).join('  '), color: isWrong ? '#c0392b' : ink };
  });
  const hasCaptions = truth !== undefined || predicted !== undefined;
  return drawGallery('plotImageGallery', found, options, { captions: hasCaptions ? captions : undefined });
}

/** Images in a grid with boxes and a legend. */
export async function plotBoundingBoxGallery(images: Like, options: BoundingBoxGalleryOptions): Promise<Uint8Array> {
  optionsOf('plotBoundingBoxGallery', boundingBoxGalleryOptions, options);
  const who = 'plotBoundingBoxGallery';
  const { boundingBoxFormat, yTrue, yPred, trueColor = [0, 188, 212], predColor = [255, 235, 59] } = options;
  const { lineThickness = 2, fontScale = 1, classMapping, confidenceThreshold = 0.25 } = options;
  if (!boundingBoxFormat) fail(who, 'boundingBoxFormat is missing', 'say how boxes are written: "xyxy", "xywh", …');
  const found = await readImages(who, images, options);
  const read = async (boxes: BoundingBoxes | undefined, threshold: number) =>
    boxes && found[0]
      ? readBoxes(who, boxes, boundingBoxFormat, { ...found[0], count: found.length, threshold })
      : undefined;
  const [truth, predicted] = [await read(yTrue, 0), await read(yPred, confidenceThreshold)];
  const overlay = (n: number, scale: number): string => {
    // Lines and text scale with the displayed size of images.
    const enlarged = Math.max(1, (found[n].width * scale) / 320);
    const common = { lineThickness: lineThickness * enlarged, fontSize: 12 * fontScale * enlarged };
    const kinds = [
      {
        boxes: truth?.[n] ?? [],
        style: {
          ...common,
          color: trueColor,
          classMapping: options.groundTruthMapping ?? classMapping,
          side: predicted ? 'bottom' : 'top',
        },
      },
      {
        boxes: predicted?.[n] ?? [],
        style: { ...common, color: predColor, classMapping: options.predictionMapping ?? classMapping, side: 'top' },
      },
    ] as const;
    return drawBoxes(kinds, { ...found[n], scale });
  };
  const { legend = truth !== undefined && predicted !== undefined } = options;
  const entries: LegendEntry[] = [
    { name: 'Ground truth', color: trueColor },
    { name: 'Prediction', color: predColor },
  ];
  return drawGallery(who, found, options, { overlay, legend: legend ? entries : undefined });
}

export interface Caption {
  readonly text: string;
  readonly color: string;
}
interface LegendEntry {
  readonly name: string;
  readonly color: Color;
}
interface Extras {
  /** Draws the overlay of the n-th image, which is shown at a scale. */
  readonly overlay?: ((n: number, scale: number) => string) | undefined;
  readonly captions?: readonly Caption[] | undefined;
  readonly legend?: readonly LegendEntry[] | undefined;
}
export const ink = '#1f2328';
const gap = 10;

/** Draws images in a grid. */
export async function drawGallery(
  who: string,
  images: readonly Image[],
  options: GalleryOptions,
  extras: Extras,
): Promise<Uint8Array> {
  const { scale = 2, dpi = 120, toFile = options.path } = options;
  const format = (toFile === undefined ? 'png' : formatOf(who, toFile)) as PictureFormat;
  if (images.length === 0) fail(who, 'there are no images', 'give a batch of at least one');
  const wanted = options.columns ?? options.cols;
  const rows = options.rows ?? Math.ceil(wanted ? images.length / wanted : Math.sqrt(images.length));
  const columns = wanted ?? Math.ceil(images.length / rows);
  const { width, height } = images[0];
  const exact = (scale * dpi) / width;
  // Enlarging a small image by a whole factor keeps its pixels equally large.
  const zoom = exact >= 2 ? Math.round(exact) : exact;
  const [tileWidth, tileHeight] = [Math.round(width * zoom), Math.round(height * zoom)];
  const captionHeight = extras.captions ? 24 : 0;
  const shown = images.slice(0, rows * columns);
  const pixels = format === 'png' ? 'image-rendering="optimizeSpeed"' : 'style="image-rendering:pixelated"';
  const tiles = await Promise.all(
    shown.map(async (image, n) => {
      const [x, y] = [
        gap + (n % columns) * (tileWidth + gap),
        gap + Math.floor(n / columns) * (tileHeight + captionHeight + gap),
      ];
      const caption = extras.captions?.[n];
      return [
        `<svg x="${x}" y="${y}" width="${tileWidth}" height="${tileHeight}">`,
        `<image href="${await imageAddress(image)}" width="${tileWidth}" height="${tileHeight}" preserveAspectRatio="none" ${zoom >= 2 ? pixels : ''}/>`,
        extras.overlay?.(n, zoom) ?? '',
        '</svg>',
        caption
          ? `<text x="${x + tileWidth / 2}" y="${y + tileHeight + 17}" text-anchor="middle" font-size="14" fill="${caption.color}">${escapeXml(caption.text)}</text>`
          : '',
      ].join('');
    }),
  );
  const usedRows = Math.ceil(shown.length / columns);
  const pictureWidth = gap + Math.min(columns, shown.length) * (tileWidth + gap);
  const body = gap + usedRows * (tileHeight + captionHeight + gap);
  const legendSize = Math.max(14, tileWidth / 24);
  const pictureHeight = Math.round(body + (extras.legend ? legendSize * 2 : 0));
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${pictureWidth}" height="${pictureHeight}" viewBox="0 0 ${pictureWidth} ${pictureHeight}" ${textStyle}>`,
    `<rect width="${pictureWidth}" height="${pictureHeight}" fill="#fff"/>`,
    ...tiles,
    extras.legend ? drawLegend(extras.legend, pictureWidth / 2, body, legendSize) : '',
    '</svg>',
  ].join('\n');
  return savePicture(svg, format, toFile);
}

function drawLegend(entries: readonly LegendEntry[], middle: number, top: number, size: number): string {
  const widths = entries.map(({ name }) => size * 1.9 + textWidth(name, size));
  let x = middle - (widths.reduce((a, b) => a + b, 0) + size * 1.5 * (entries.length - 1)) / 2;
  return entries
    .map(({ name, color }, k) => {
      const at = x;
      x += widths[k] + size * 1.5;
      return `<rect x="${at}" y="${top + size * 0.2}" width="${size * 1.3}" height="${size}" fill="rgb(${color.join()})" stroke="#57606a"/><text x="${at + size * 1.9}" y="${top + size * 1.07}" font-size="${size}" fill="${ink}">${escapeXml(name)}</text>`;
    })
    .join('');
}
