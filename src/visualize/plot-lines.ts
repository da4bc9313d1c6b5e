import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { isPlainObject } from '../base/tree.ts';
import type { Place } from '../formats/file.ts';
import { Tensor } from '../tensor/index.ts';
import type { Curve } from './chart/curve.ts';
import { chartSvg, colors, faint } from './chart/frame.ts';
import { legendOf } from './chart/legend.ts';
import { drawPanel, type ScaleKind } from './chart/panel.ts';
import { checkSize } from './chart/size.ts';
import { formatOf, type PictureFormat, savePicture } from './picture-file.ts';

/** A sequence of numbers: an array, a typed array or a tensor of rank 1. */
export type Numbers = ArrayLike<number> | Tensor;

/** A line of a chart. */
export interface Line {
  /** The values; NaN leaves a gap. */
  readonly y: Numbers;
  /** Their positions: numbers, or dates, which are shown in UTC. Default: 0, 1, 2 … */
  readonly x?: Numbers | readonly Date[] | undefined;
  /** Its name in the legend. Default: no entry. */
  readonly name?: string | undefined;
  /** A CSS colour, e.g. "#4269d0". Default: the next of eight; grey after these. */
  readonly color?: string | undefined;
  /** Drawn solid (the default), dashed, or as points alone. */
  readonly style?: 'solid' | 'dashed' | 'points' | undefined;
  /** A shaded range, e.g. of expected values: its lower and upper end at each point. */
  readonly band?: { readonly low: Numbers; readonly high: Numbers } | undefined;
}
/** Options of `plotLines`. */
export interface PlotLinesOptions {
  /** Title above the chart. */
  readonly title?: string | undefined;
  /** Label of the horizontal axis. */
  readonly xLabel?: string | undefined;
  /** Label of the vertical axis, with the unit. */
  readonly yLabel?: string | undefined;
  /** Scale of the horizontal axis; "log" cannot show values <= 0. Default: "linear". */
  readonly xScale?: ScaleKind | undefined;
  /** The same for the vertical axis. */
  readonly yScale?: ScaleKind | undefined;
  /** Range of the horizontal axis. Default: that of the data. */
  readonly xRange?: readonly [low: number | Date, high: number | Date] | undefined;
  /** Range of the vertical axis. Default: round numbers around the data. */
  readonly yRange?: readonly [low: number, high: number] | undefined;
  /** Width in pixels. Default: 780. */
  readonly width?: number | undefined;
  /** Height in pixels. Default: 400. */
  readonly height?: number | undefined;
  /** Where to write the picture: `.png` or `.svg`. Without it, only the bytes of a PNG picture are given. */
  readonly toFile?: Place | undefined;
}
const plotLinesOptions: OptionNames<PlotLinesOptions> = {
  title: true,
  xLabel: true,
  yLabel: true,
  xScale: true,
  yScale: true,
  xRange: true,
  yRange: true,
  width: true,
  height: true,
  toFile: true,
};
const lineOptions: OptionNames<Line> = { y: true, x: true, name: true, color: true, style: true, band: true };
const who = 'plotLines';

/** Lines over axes. */
export async function plotLines(
  lines: readonly Line[] | Readonly<Record<string, Numbers>>,
  options: PlotLinesOptions = {},
): Promise<Uint8Array> {
  const given = optionsOf(who, plotLinesOptions, options);
  const { title = '', width = 780, height = 400, toFile } = given;
  const format = (toFile === undefined ? 'png' : formatOf(who, toFile)) as PictureFormat;
  checkSize(who, width, height);
  const list = Array.isArray(lines) ? (lines as readonly Line[]) : named(lines as Readonly<Record<string, Numbers>>);
  if (list.length === 0) fail(who, 'there are no lines', 'give one at least: [{ y: [1, 2, 3] }]');
  const isTime = list.some(({ x }) => Array.isArray(x) && x[0] instanceof Date);
  const curves = await Promise.all(list.map((line, k) => curveOf(line, k, isTime)));
  for (const scale of [given.xScale, given.yScale])
    if (scale !== undefined && scale !== 'linear' && scale !== 'log')
      fail(who, `the scale is "${scale}"`, 'use "linear" or "log"');
  if (isTime && given.xScale === 'log') fail(who, 'dates have no logarithmic scale', 'leave xScale out');
  const legend = legendOf(
    curves.filter(({ name }) => name !== ''),
    width - 72,
  );
  const [low, high] = given.xRange ?? [];
  const panel = {
    ...given,
    title,
    curves,
    xScale: isTime ? ('time' as const) : given.xScale,
    xRange: low === undefined || high === undefined ? undefined : ([Number(low), Number(high)] as const),
  };
  const plot = drawPanel(who, panel, { x: 0, y: 4, width, height: height - legend.height - 12 });
  return savePicture(chartSvg(width, height, [plot, legend.draw(52, height - legend.height - 6)]), format, toFile);
}

const named = (lines: Readonly<Record<string, Numbers>>): Line[] => {
  if (!isPlainObject(lines))
    fail(who, 'the lines are neither a list nor an object', 'give [{ y, name }] or { name: values }');
  return Object.entries(lines).map(([name, y]) => ({ name, y }));
};

async function curveOf(line: Line, k: number, isTime: boolean): Promise<Curve> {
  const { y, x, name = '', color, style = 'solid', band } = optionsOf(`${who}: line ${k}`, lineOptions, line);
  if (!['solid', 'dashed', 'points'].includes(style))
    fail(who, `the style of line ${k} is "${style}"`, 'use "solid", "dashed" or "points"');
  if (color !== undefined && !/^(#[0-9a-f]{3,8}|[a-z]+)$/i.test(color))
    fail(who, `the colour of line ${k} is "${color}"`, 'write it as "#4269d0", or name it');
  const values = await numbersOf(`y of line ${k}`, y);
  const places = x === undefined ? Array.from(values, (_, i) => i) : await placesOf(k, x, isTime);
  const shade = band && {
    low: await numbersOf(`band.low of line ${k}`, band.low),
    high: await numbersOf(`band.high of line ${k}`, band.high),
  };
  for (const [what, list] of [['x', places] as const, ...Object.entries(shade ?? {})])
    if (list.length !== values.length)
      fail(who, `line ${k} has ${values.length} values, but ${list.length} numbers in ${what}`, 'give one for each');
  return {
    name,
    x: places,
    y: values,
    color: color ?? colors[k] ?? faint,
    width: 2,
    isDashed: style === 'dashed',
    isDotted: style === 'points',
    band: shade,
  };
}

function placesOf(k: number, x: Numbers | readonly Date[], isTime: boolean): Promise<ArrayLike<number>> {
  const isDates = Array.isArray(x) && x.every((at) => at instanceof Date);
  if (isTime && !isDates) fail(who, `line ${k} has no dates, another has`, 'give dates to all or to none');
  return isDates ? Promise.resolve((x as readonly Date[]).map(Number)) : numbersOf(`x of line ${k}`, x as Numbers);
}

/** Reads numbers that may be given as a tensor. */
async function numbersOf(what: string, given: Numbers): Promise<ArrayLike<number>> {
  if (given instanceof Tensor) {
    if (given.shape.length !== 1)
      fail(who, `${what} is a tensor of rank ${given.shape.length}`, 'give one of rank 1: ops.reshape(x, [-1])');
    return given.data() as Promise<ArrayLike<number>>;
  }
  const isList = Array.isArray(given) ? given.every((v) => typeof v === 'number') : ArrayBuffer.isView(given);
  if (!isList) fail(who, `${what} is not a list of numbers`, 'give an array, a typed array or a tensor of rank 1');
  return given;
}
