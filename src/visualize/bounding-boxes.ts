import { fail } from '../base/errors.ts';
import { showShape } from '../base/shape.ts';
import { type BoxFormat, convertFormat } from '../ops/detection/index.ts';
import { asTensor, type Like } from '../tensor/index.ts';
import { escapeXml, textWidth } from './text.ts';

/** Boxes of a batch of images; class -1 marks unused entries. */
export interface BoundingBoxes {
  /** `[n, boxes, 4]`. */
  readonly boxes: Like;
  /** `[n, boxes]`. */
  readonly labels: Like;
  /** `[n, boxes]`: the model's confidence in each box. */
  readonly confidence?: Like | undefined;
}
/** Red, green and blue, from 0 to 255. */
export type Color = readonly [red: number, green: number, blue: number];
/** Names of classes, by their numbers. */
export type ClassMapping = Readonly<Record<number, string>> | ReadonlyMap<number, string> | readonly string[];

/** A box to draw, in pixels of the image. */
export interface Box {
  readonly corners: readonly [x1: number, y1: number, x2: number, y2: number];
  readonly label: number;
  readonly confidence: number | undefined;
}

/** The boxes of each image, in pixels, without unused ones and those below the threshold. */
export async function readBoxes(
  who: string,
  given: BoundingBoxes & { readonly confidences?: Like | undefined },
  format: BoxFormat,
  { count, height, width, threshold }: { count: number; height: number; width: number; threshold: number },
): Promise<Box[][]> {
  if (given?.boxes === undefined || given.labels === undefined)
    fail(who, 'the bounding boxes have no `boxes` or no `labels`', 'give { boxes: [n, k, 4], labels: [n, k] }');
  const boxes = asTensor(given.boxes);
  const labels = asTensor(given.labels);
  const places = boxes.shape[1] ?? 0;
  const fits = boxes.shape.length === 3 && boxes.shape[2] === 4 && boxes.shape[0] >= count;
  if (!fits || labels.shape.length !== 2 || labels.shape[1] !== places || labels.shape[0] < count)
    fail(
      who,
      `boxes have shape ${showShape(boxes.shape)} and labels ${showShape(labels.shape)} for ${count} images`,
      'give boxes [n, k, 4] and labels [n, k]',
    );
  const sureness = given.confidence ?? given.confidences;
  const [corners, classes, confidence] = await Promise.all([
    convertFormat(boxes, format, 'xyxy', { height, width }).data(),
    labels.data(),
    sureness === undefined ? undefined : asTensor(sureness).data(),
  ]);
  return Array.from({ length: count }, (_, n) =>
    Array.from({ length: places }, (_, k) => n * places + k)
      .filter((at) => classes[at] >= 0 && (confidence?.[at] ?? 1) >= threshold)
      .map((at) => ({
        corners: [corners[at * 4], corners[at * 4 + 1], corners[at * 4 + 2], corners[at * 4 + 3]],
        label: Math.trunc(classes[at]),
        confidence: confidence?.[at],
      })),
  );
}

export interface BoxStyle {
  readonly color: Color;
  readonly classMapping?: ClassMapping | undefined;
  /** Width of the lines, in pixels of the picture. */
  readonly lineThickness: number;
  readonly fontSize: number;
  /** Whether the label is at the upper or the lower edge of the box. */
  readonly side: 'top' | 'bottom';
}

/**
 * Boxes of several kinds as SVG, over an image drawn at a scale. Labels are placed outside their boxes if there is
 * room.
 */
export function drawBoxes(
  kinds: readonly { readonly boxes: readonly Box[]; readonly style: BoxStyle }[],
  picture: { width: number; height: number; scale: number },
): string {
  const each = (draw: (box: Box, style: BoxStyle) => string): string[] =>
    kinds.flatMap(({ boxes, style }) => boxes.map((box) => draw(box, style)));
  // Labels are drawn last, so that no line crosses them.
  return [
    ...each((box, style) => frame(box, style, picture.scale)),
    ...each((box, style) => tag(box, style, picture)),
  ].join('');
}

function frame({ corners }: Box, { color, lineThickness }: BoxStyle, scale: number): string {
  const [x1, y1, x2, y2] = corners.map((v) => v * scale) as [number, number, number, number];
  const shape = `x="${round(x1)}" y="${round(y1)}" width="${round(x2 - x1)}" height="${round(y2 - y1)}" fill="none"`;
  // A dark rim keeps the line visible on any image.
  return `<rect ${shape} stroke="#000" stroke-opacity="0.45" stroke-width="${lineThickness * 2}"/><rect ${shape} stroke="rgb(${color.join()})" stroke-width="${lineThickness}"/>`;
}

function tag(
  { corners, label, confidence }: Box,
  { color, lineThickness: line, fontSize: size, side, classMapping }: BoxStyle,
  { width, height, scale }: { width: number; height: number; scale: number },
): string {
  if (size === 0) return '';
  const name = `${nameOf(label, classMapping)}${confidence === undefined ? '' : ` ${confidence.toFixed(2)}`}`;
  const [tagWidth, tagHeight] = [textWidth(name, size) + size * 0.6, size * 1.3];
  const [x1, y1, , y2] = corners.map((v) => v * scale) as [number, number, number, number];
  const outside = side === 'top' ? y1 - line / 2 - tagHeight : y2 + line / 2;
  const inside = side === 'top' ? y1 + line / 2 : y2 - line / 2 - tagHeight;
  const fits = outside >= 0 && outside + tagHeight <= height * scale;
  const y = fits ? outside : Math.max(0, Math.min(height * scale - tagHeight, inside));
  const x = Math.max(0, Math.min(width * scale - tagWidth, x1 - line / 2));
  return [
    `<rect x="${round(x)}" y="${round(y)}" width="${round(tagWidth)}" height="${round(tagHeight)}" fill="rgb(${color.join()})"/>`,
    `<text x="${round(x + tagWidth / 2)}" y="${round(y + size * 1.01)}" text-anchor="middle" font-size="${round(size)}" font-weight="bold" fill="${inkOn(color)}">${escapeXml(name)}</text>`,
  ].join('');
}
const round = (x: number): number => Math.round(x * 100) / 100;

/** The name of a class. */
export function nameOf(label: number, mapping: ClassMapping | undefined): string {
  const name =
    mapping instanceof Map ? mapping.get(label) : (mapping as Readonly<Record<number, string>> | undefined)?.[label];
  return name ?? String(label);
}
/** Black or white, whichever is legible on a colour. */
const inkOn = ([red, green, blue]: Color): string =>
  0.299 * red + 0.587 * green + 0.114 * blue > 120 ? '#000' : '#fff';
