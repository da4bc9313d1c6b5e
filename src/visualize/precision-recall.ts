import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import type { CocoResult } from '../coco/result.ts';
import { type Area, axes, chartSvg, colors, faint, ink, quiet, titleText } from './chart/frame.ts';
import { linearScale } from './chart/scale.ts';
import { escapeXml, shortened } from './text.ts';

/** How curves of precision over recall are drawn. */
export interface PrecisionRecallPlotOptions {
  /** The overlap threshold: one of the result's. Default: 0.5. */
  readonly iouThreshold?: number;
  /** Names by class id. Default: the ids. */
  readonly classNames?: Readonly<Record<number, string>> | ReadonlyMap<number, string>;
  /** The classes with a colour and a legend entry, at most eight; others are grey. Default: the first eight. */
  readonly highlight?: readonly number[];
  /** Title above the curve. */
  readonly title?: string;
  /** Width in pixels. Default: 780. */
  readonly width?: number;
  /** Height in pixels. Default: 480. */
  readonly height?: number;
}
export const precisionRecallPlotOptions: OptionNames<PrecisionRecallPlotOptions> = {
  iouThreshold: true,
  classNames: true,
  highlight: true,
  title: true,
  width: true,
  height: true,
};

const shares = linearScale(0, 1);
const margin = { top: 48, right: 236, bottom: 52, left: 60 };

/** One line of the plot. */
export interface Curve {
  readonly name: string;
  readonly precision: readonly number[];
  readonly ap: number;
}

/**
 * Draws the precision-recall curve of every class, and their mean, as an SVG picture. The result needs its curves:
 * `evaluate(data, { curves: true })`. Classes without objects have no curve. Drawn are the first area range and the
 * largest cut; precision is the best at this recall or beyond, as AP averages it.
 */
export const precisionRecallPlot = exact(
  'visualization.precisionRecallPlot',
  2,
  function precisionRecallPlot(result: CocoResult, options: PrecisionRecallPlotOptions = {}): string {
    optionsOf('precisionRecallPlot', precisionRecallPlotOptions, options);
    const { iouThreshold = 0.5, width = 780, height = 480 } = options;
    const { title = `Precision and recall at IoU ${iouThreshold.toFixed(2)}` } = options;
    const curves = readCurves(result, iouThreshold, options.classNames);
    const chosen = new Set(options.highlight ?? [...curves.keys()].slice(0, colors.length));
    if (chosen.size > colors.length) {
      fail(
        'precisionRecallPlot',
        `${chosen.size} classes to highlight`,
        `choose at most ${colors.length}: more colours cannot be told apart`,
      );
    }
    const others = [...curves].filter(([id]) => !chosen.has(id)).map(([, curve]) => curve);
    const named = [...curves].filter(([id]) => chosen.has(id)).map(([, curve]) => curve);
    const area = {
      x: margin.left,
      y: margin.top,
      width: width - margin.left - margin.right,
      height: height - margin.top - margin.bottom,
    };
    const path = ({ precision }: Curve, color: string, stroke: number): string =>
      `<path d="${steps(precision, result.recallThresholds, area)}" fill="none" stroke="${color}" stroke-width="${stroke}" stroke-linejoin="round"/>`;
    const mean = curves.size > 1 ? meanCurve([...curves.values()]) : undefined;
    const legend = [
      ...(mean ? [legendEntry(mean.name, mean.ap, ink, 3)] : []),
      ...named.map(({ name, ap }, i) => legendEntry(name, ap, colors[i], 2)),
      ...(others.length > 0
        ? [legendEntry(`${others.length} more class${others.length > 1 ? 'es' : ''}`, undefined, faint, 2)]
        : []),
    ];
    const legendX = area.x + area.width + 20;
    return chartSvg(width, height, [
      titleText(title, area.x, 28),
      axes(area, { x: shares, y: shares, xLabel: 'Recall', yLabel: 'Precision' }),
      ...others.map((curve) => path(curve, faint, 1)),
      ...named.map((curve, i) => path(curve, colors[i], 2)),
      ...(mean ? [path(mean, ink, 3)] : []),
      ...(curves.size === 0
        ? [
            `<text x="${area.x + area.width / 2}" y="${area.y + area.height / 2}" text-anchor="middle">no class has objects</text>`,
          ]
        : []),
      `<text x="${width - 12}" y="${area.y + 4}" text-anchor="end" fill="${quiet}">AP</text>`,
      ...legend.map((draw, i) => draw(legendX, area.y + 24 + 22 * i, width - 12)),
    ]);
  },
);

/** The curve of each class that has objects, by class id. */
export function readCurves(
  { curves, categoryIds, iouThresholds, perClassAp }: CocoResult,
  iouThreshold: number,
  classNames: PrecisionRecallPlotOptions['classNames'],
): Map<number, Curve> {
  if (!curves) return fail('precisionRecallPlot', 'the result has no curves', 'evaluate with { curves: true }');
  const t = iouThresholds.findIndex((threshold) => Math.abs(threshold - iouThreshold) < 1e-9);
  if (t < 0) {
    const known = Array.from(iouThresholds, (threshold) => threshold.toFixed(2)).join(', ');
    fail('precisionRecallPlot', `the result has no overlap threshold ${iouThreshold}`, `choose one of ${known}`);
  }
  const [, R, K, A, M] = curves.shape;
  const found = new Map<number, Curve>();
  for (let k = 0; k < perClassAp.length; k++) {
    const precision = Array.from({ length: R }, (_, r) => curves.precision[((t * R + r) * K + k) * A * M + M - 1]);
    if (precision[0] < 0) continue;
    const id = categoryIds[k] ?? 0;
    const name =
      classNames instanceof Map ? classNames.get(id) : (classNames as Readonly<Record<number, string>>)?.[id];
    found.set(id, {
      name: name ?? (categoryIds.length > 0 ? `class ${id}` : 'all classes'),
      precision,
      ap: average(precision),
    });
  }
  return found;
}

const average = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

const meanCurve = (curves: readonly Curve[]): Curve => {
  const precision = curves[0].precision.map((_, r) => average(curves.map((curve) => curve.precision[r])));
  return { name: 'mean of classes', precision, ap: average(precision) };
};

/** A staircase: each precision holds from the recall point before up to its own. */
function steps(precision: readonly number[], recall: Float64Array, area: Area): string {
  const px = (r: number): string => (area.x + r * area.width).toFixed(1);
  const py = (p: number): string => (area.y + (1 - p) * area.height).toFixed(1);
  const parts = [`M${px(recall[0])} ${py(precision[0])}`];
  for (let i = 1; i < precision.length; i++) {
    if (precision[i] !== precision[i - 1]) parts.push(`V${py(precision[i])}`);
    parts.push(`H${px(recall[i])}`);
    // A curve that has reached 0 is not drawn any further, since it would look like an axis.
    if (precision[i] === 0) {
      parts.pop();
      break;
    }
  }
  return parts.join('');
}

const longestName = 18;

/** A sample of the line, the name and the AP, drawn at a place. */
function legendEntry(
  name: string,
  ap: number | undefined,
  color: string,
  stroke: number,
): (x: number, y: number, right: number) => string {
  return (x, y, right) =>
    `<path d="M${x} ${y}h20" stroke="${color}" stroke-width="${stroke}"/><text x="${x + 28}" y="${y + 4}">${escapeXml(shortened(name, longestName))}</text>` +
    (ap === undefined ? '' : `<text x="${right}" y="${y + 4}" text-anchor="end">${ap.toFixed(3)}</text>`);
}
