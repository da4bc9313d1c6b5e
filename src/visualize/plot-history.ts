import { fail } from '../base/errors.ts';
import { type OptionNames, optionsOf } from '../base/options.ts';
import { closest } from '../base/spelling.ts';
import { isPlainObject } from '../base/tree.ts';
import type { Place } from '../formats/file.ts';
import { History } from '../training/callbacks/history.ts';
import type { Curve } from './chart/curve.ts';
import { chartSvg, colors, faint, quiet, titleText } from './chart/frame.ts';
import { type LegendEntry, legendOf } from './chart/legend.ts';
import { drawPanel, type Panel } from './chart/panel.ts';
import { checkSize } from './chart/size.ts';
import { formatOf, type PictureFormat, savePicture } from './picture-file.ts';

/** Values by name, one per epoch, as in `history.history`. */
export type EpochLogs = Readonly<Record<string, readonly (number | readonly number[])[]>>;
/** The result of `fit`. */
export type Run = History | EpochLogs;

/** Options of `plotHistory`. */
export interface PlotHistoryOptions {
  /** The losses and metrics to draw, one panel each, together with those of validation. Default: all. */
  readonly metrics?: readonly string[] | undefined;
  /**
   * Whether to use a logarithmic scale, in all panels or in those named. Values <= 0 cannot be shown there. Default:
   * false.
   */
  readonly logScale?: boolean | readonly string[] | undefined;
  /** Title above the panels. */
  readonly title?: string | undefined;
  /** Width of a panel in pixels. Default: 420. */
  readonly width?: number | undefined;
  /** Height of a panel in pixels. Default: 300. */
  readonly height?: number | undefined;
  /** Where to write the picture: `.png` or `.svg`. Without it, only the bytes of a PNG picture are given. */
  readonly toFile?: Place | undefined;
}
const plotHistoryOptions: OptionNames<PlotHistoryOptions> = {
  metrics: true,
  logScale: true,
  title: true,
  width: true,
  height: true,
  toFile: true,
};
const who = 'plotHistory';

/** Losses and metrics over epochs. */
export async function plotHistory(
  history: Run | Readonly<Record<string, Run>>,
  options: PlotHistoryOptions = {},
): Promise<Uint8Array> {
  const {
    metrics,
    logScale = false,
    title = '',
    width = 420,
    height = 300,
    toFile,
  } = optionsOf(who, plotHistoryOptions, options);
  const format = (toFile === undefined ? 'png' : formatOf(who, toFile)) as PictureFormat;
  checkSize(who, width, height);
  const runs = runsOf(history);
  // The loss comes first, before alphabetical order.
  const known = [...new Set(runs.flatMap(({ logs }) => Object.keys(logs).map(baseOf)))].sort(
    (a, b) => Number(b === 'loss') - Number(a === 'loss'),
  );
  for (const name of [...(metrics ?? []), ...(Array.isArray(logScale) ? logScale : [])])
    if (!known.includes(name)) {
      const guess = closest(name, known);
      fail(who, `no run has "${name}"`, `${guess ? `did you mean "${guess}"? ` : ''}There are ${known.join(', ')}`);
    }
  const shown = metrics ?? known;
  if (shown.length === 0) fail(who, 'no epoch has ended', 'train for one at least');
  const panels = shown.map(
    (name): Panel => ({
      title: name,
      curves: curvesOf(name, runs),
      xLabel: 'Epoch',
      xScale: 'whole',
      yScale: logScale === true || (Array.isArray(logScale) && logScale.includes(name)) ? 'log' : 'linear',
    }),
  );
  const columns = panels.length <= 3 ? panels.length : Math.ceil(Math.sqrt(panels.length));
  const rows = Math.ceil(panels.length / columns);
  const [wide, top] = [columns * width, title ? 38 : 4];
  const legend = legendOf(legendEntries(runs, panels), wide - 72);
  const high = top + rows * height + legend.height + 10;
  const parts = panels.map((panel, k) =>
    drawPanel(who, panel, { x: (k % columns) * width, y: top + Math.floor(k / columns) * height, width, height }),
  );
  const svg = chartSvg(wide, high, [titleText(title, 52, 28), ...parts, legend.draw(52, high - legend.height - 8)]);
  return savePicture(svg, format, toFile);
}

interface NamedRun {
  /** The run's name, if there are several. */
  readonly name: string | undefined;
  readonly logs: EpochLogs;
  readonly epochs: readonly number[] | undefined;
}

function runsOf(given: Run | Readonly<Record<string, Run>>): NamedRun[] {
  if (isRun(given)) return [runOf(undefined, given)];
  const runs = isPlainObject(given) ? (Object.entries(given) as [string, Run][]) : [];
  if (runs.length === 0 || !runs.every(([, run]) => isRun(run)))
    fail(who, 'there is no history', 'give what `fit` gave, its `history`, or several of these by name');
  return runs.map(([name, run]) => runOf(name, run));
}
const isRun = (x: unknown): x is Run =>
  x instanceof History || (isPlainObject(x) && Object.values(x).every((values) => Array.isArray(values)));
const runOf = (name: string | undefined, run: Run): NamedRun =>
  run instanceof History ? { name, logs: run.history, epochs: run.epoch } : { name, logs: run, epochs: undefined };

/** The name of a loss or metric without the prefix "val_". */
const baseOf = (name: string): string => name.replace(/^val_/, '');

function curvesOf(metric: string, runs: readonly NamedRun[]): Curve[] {
  return runs.flatMap(({ name, logs, epochs }, r) =>
    [metric, `val_${metric}`].flatMap((key, v) => {
      const values = Object.hasOwn(logs, key) ? logs[key] : [];
      if (values.length === 0) return [];
      const isValidation = v === 1;
      const parts = partsOf(key, values);
      const x = values.map((_, k) => (epochs?.[k] ?? k) + 1);
      return parts.map((y) => ({
        name: name ?? (isValidation ? 'validation' : 'training'),
        x,
        y,
        // One run has a colour for validation, several have a colour each.
        color: (name === undefined ? colors[v] : colors[r]) ?? faint,
        width: parts.length > 1 ? 1 : 2,
        isDashed: isValidation && name !== undefined,
      }));
    }),
  );
}

/** The values per epoch as curves; a metric with vector values has one curve per element. */
function partsOf(key: string, values: EpochLogs[string]): number[][] {
  const rows = values.map((value) => (typeof value === 'number' ? [value] : value));
  for (const row of rows)
    if (!Array.isArray(row) || row.length !== rows[0].length || !row.every((v) => typeof v === 'number'))
      fail(who, `"${key}" holds other things than numbers, or lists of unequal length`, 'give a number an epoch');
  return rows[0].map((_, k) => rows.map((row) => row[k]));
}

function legendEntries(runs: readonly NamedRun[], panels: readonly Panel[]): LegendEntry[] {
  const curves = panels.flatMap((panel) => panel.curves);
  const first = (name: string): Curve | undefined => curves.find((curve) => curve.name === name);
  if (runs[0].name === undefined)
    return first('validation') ? ['training', 'validation'].flatMap((name) => first(name) ?? []) : [];
  const entries: LegendEntry[] = runs.flatMap(({ name = '' }) => {
    const curve = first(name);
    return curve ? [{ name, color: curve.color }] : [];
  });
  return curves.some((curve) => curve.isDashed)
    ? [...entries, { name: 'validation', color: quiet, isDashed: true }]
    : entries;
}
