import { fail } from '../../base/errors.ts';
import { type Curve, drawCurve } from './curve.ts';
import { type Area, axes, labelWidth, titleText } from './frame.ts';
import { linearScale, logScale, type Scale, timeScale } from './scale.ts';

/** The kind of scale of an axis. */
export type ScaleKind = 'linear' | 'log';

/** One frame with axes and curves. */
export interface Panel {
  readonly title: string;
  readonly curves: readonly Curve[];
  readonly xLabel?: string | undefined;
  readonly yLabel?: string | undefined;
  readonly xScale?: ScaleKind | 'time' | 'whole' | undefined;
  readonly yScale?: ScaleKind | undefined;
  readonly xRange?: readonly [low: number, high: number] | undefined;
  readonly yRange?: readonly [low: number, high: number] | undefined;
}

/** A panel within a box of the picture, including title and tick labels. */
export function drawPanel(who: string, panel: Panel, box: Area): string {
  const { title, curves, xLabel, yLabel, xScale = 'linear', yScale = 'linear' } = panel;
  const top = title ? 34 : 12;
  const height = Math.max(20, box.height - top - (xLabel ? 50 : 28));
  const xs = extent(
    curves.map(({ x }) => x),
    xScale === 'log',
  );
  const ys = extent(
    curves.flatMap(({ y, band }) => (band ? [y, band.low, band.high] : [y])),
    yScale === 'log',
  );
  const what = title ? ` of "${title}"` : '';
  if (!panel.xRange && !xs) fail(who, `the lines${what} have no points`, 'give numbers, one at least');
  const empty = `there is no number${yScale === 'log' ? ' above 0' : ''} among the values${what}`;
  if (!panel.yRange && !ys)
    fail(who, empty, yScale === 'log' ? 'take a linear scale, or give numbers above 0' : 'give finite numbers');
  checkRange(who, 'xRange', panel.xRange, xScale);
  checkRange(who, 'yRange', panel.yRange, yScale);
  const y = scaleOf(yScale, panel.yRange ?? ys ?? [0, 1], {
    count: Math.max(2, Math.floor(height / 45)),
    isFixed: panel.yRange !== undefined,
  });
  // Long labels of ticks push the frame to the right.
  const left = Math.max(yLabel ? 64 : 52, labelWidth(y) + (yLabel ? 40 : 16));
  const width = Math.max(20, box.width - left - (xScale === 'time' ? 38 : 14));
  const area = { x: box.x + left, y: box.y + top, width, height };
  const x = scaleOf(xScale, panel.xRange ?? xs ?? [0, 1], {
    count: Math.max(2, Math.floor(area.width / (xScale === 'time' ? 90 : 60))),
    isFixed: true,
  });
  const clip = `frame-${Math.round(box.x)}-${Math.round(box.y)}`;
  return [
    titleText(title, area.x, box.y + 22, 14),
    axes(area, { x, y, xLabel, yLabel }),
    `<clipPath id="${clip}"><rect x="${area.x - 4}" y="${area.y - 4}" width="${area.width + 8}" height="${area.height + 8}"/></clipPath>`,
    `<g clip-path="url(#${clip})">${curves.map((curve) => drawCurve(curve, area, x, y)).join('\n')}</g>`,
  ].join('\n');
}

function checkRange(
  who: string,
  name: string,
  range: readonly [number, number] | undefined,
  kind: ScaleKind | 'time' | 'whole',
): void {
  if (range === undefined) return;
  const [low, high] = range;
  if (!(low < high && Number.isFinite(high - low)) || (kind === 'log' && low <= 0))
    fail(who, `${name} is [${low}, ${high}]`, `give [low, high], low below high${kind === 'log' ? ', above 0' : ''}`);
}

function scaleOf(
  kind: ScaleKind | 'time' | 'whole',
  [low, high]: readonly [number, number],
  options: { count: number; isFixed: boolean },
): Scale {
  if (kind === 'time') return timeScale(low, high, options);
  return kind === 'log'
    ? logScale(low, high, options)
    : linearScale(low, high, { ...options, isWhole: kind === 'whole' });
}

/** The smallest and the largest number; for a logarithmic scale among positive ones. */
function extent(lists: readonly ArrayLike<number>[], isLog: boolean): readonly [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const list of lists)
    for (let k = 0; k < list.length; k++) {
      const value = list[k];
      if (!Number.isFinite(value) || (isLog && value <= 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  return low <= high ? [low, high] : undefined;
}
