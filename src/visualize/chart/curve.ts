import { type Area, px } from './frame.ts';
import type { Scale } from './scale.ts';

/** A line of a chart, interrupted at points that cannot be shown. */
export interface Curve {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly color: string;
  readonly width: number;
  readonly isDashed?: boolean | undefined;
  /** Whether points are drawn, without a line between them. */
  readonly isDotted?: boolean | undefined;
  /** A shaded range. */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> } | undefined;
}

type Point = readonly [x: number, y: number];

/** A curve within an area. */
export function drawCurve(curve: Curve, area: Area, xScale: Scale, yScale: Scale): string {
  const { x, y, band, color, width } = curve;
  const pointAt = (k: number, values: ArrayLike<number>): Point => [
    area.x + xScale.place(x[k]) * area.width,
    area.y + (1 - yScale.place(values[k])) * area.height,
  ];
  const points = Array.from(x, (_, k) => pointAt(k, y));
  const runs = curve.isDotted ? points.filter(isPlace).map((point) => [point]) : runsOf(points, isPlace);
  const lines = runs.filter((run) => run.length > 1);
  // An isolated point has no line.
  const dots = runs.filter((run) => run.length === 1);
  const shade =
    band &&
    runsOf(
      Array.from(x, (_, k) => [pointAt(k, band.low), pointAt(k, band.high)] as const),
      ([low, high]) => isPlace(low) && isPlace(high),
    )
      .map((run) => `${path([...run.map(([low]) => low), ...run.map(([, high]) => high).reverse()])}Z`)
      .join('');
  const dash = curve.isDashed ? ` stroke-dasharray="${3 * width} ${2 * width}"` : '';
  return [
    shade ? `<path d="${shade}" fill="${color}" fill-opacity="0.18"/>` : '',
    lines.length > 0
      ? `<path d="${lines.map(path).join('')}" fill="none" stroke="${color}" stroke-width="${width}" stroke-linejoin="round"${dash}/>`
      : '',
    ...dots.map(([[cx, cy]]) => `<circle cx="${px(cx)}" cy="${px(cy)}" r="${px(width * 1.3)}" fill="${color}"/>`),
  ].join('');
}

const isPlace = ([x, y]: Point): boolean => Number.isFinite(x) && Number.isFinite(y);
const path = (points: readonly Point[]): string =>
  points.map(([x, y], k) => `${k === 0 ? 'M' : k === 1 ? 'L' : ' '}${px(x)} ${px(y)}`).join('');

/** The maximal runs of points that can be shown. */
function runsOf<P>(points: readonly P[], hasPlace: (point: P) => boolean): P[][] {
  const runs: P[][] = [];
  let run: P[] | undefined;
  for (const point of points) {
    if (!hasPlace(point)) run = undefined;
    else if (run) run.push(point);
    else runs.push((run = [point]));
  }
  return runs;
}
