import { escapeXml, textStyle, textWidth } from '../text.ts';
import type { Scale } from './scale.ts';

/**
 * Colours that are distinguishable, also with most colour vision deficiencies (the first eight of Observable's ten).
 */
export const colors = ['#4269d0', '#efb118', '#ff725c', '#3ca951', '#a463f2', '#6cc5b0', '#ff8ab7', '#9c6b4e'];
export const [ink, quiet, faint, grid] = ['#1f2328', '#656d76', '#c4c9d0', '#e6e8eb'];

/** Where curves are drawn, in pixels. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** Rounds pixels to a tenth. */
export const px = (x: number): string => x.toFixed(1);

/** A picture with a white background. */
export const chartSvg = (width: number, height: number, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ${textStyle} font-size="12" fill="${ink}">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts.filter(Boolean),
    '</svg>',
  ].join('\n');

/** A chart's title, with its baseline at a given height. */
export const titleText = (text: string, x: number, y: number, size = 16): string =>
  text === '' ? '' : `<text x="${px(x)}" y="${px(y)}" font-size="${size}" font-weight="bold">${escapeXml(text)}</text>`;

/** The width of the longest tick label. */
export const labelWidth = ({ ticks }: Scale): number => Math.max(0, ...ticks.map(({ label }) => textWidth(label, 12)));
/** Grid lines, tick labels and axis labels. */
export function axes(
  area: Area,
  { x, y, xLabel = '', yLabel = '' }: { x: Scale; y: Scale; xLabel?: string | undefined; yLabel?: string | undefined },
): string {
  const { x: left, y: top, width, height } = area;
  const [bottom, middle] = [top + height, left + width / 2];
  const rows = y.ticks.map(({ value, label }) => {
    const at = top + (1 - y.place(value)) * height;
    return `<path d="M${left} ${px(at)}h${width}" stroke="${grid}"/><text x="${left - 8}" y="${px(at + 4)}" text-anchor="end">${label}</text>`;
  });
  const columns = x.ticks.map(({ value, label }) => {
    const at = left + x.place(value) * width;
    return `<path d="M${px(at)} ${top}v${height}" stroke="${grid}"/><text x="${px(at)}" y="${bottom + 18}" text-anchor="middle">${label}</text>`;
  });
  const names = [
    xLabel && `<text x="${middle}" y="${bottom + 40}" text-anchor="middle" font-size="13">${escapeXml(xLabel)}</text>`,
    yLabel &&
      `<text transform="translate(${px(left - Math.max(40, labelWidth(y) + 16))} ${top + height / 2}) rotate(-90)" text-anchor="middle" font-size="13">${escapeXml(yLabel)}</text>`,
  ];
  const edge = `<path d="M${left} ${top}v${height}h${width}" stroke="${ink}" fill="none"/>`;
  return [...rows, ...columns, edge, ...names].filter(Boolean).join('\n');
}
