import { useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { figure } from '../parts/format.ts';
import { Dark } from '../parts/theme.ts';
import type { Chart, ChartLine } from './charts.ts';
import { smooth } from './smooth.ts';

export interface Axis {
  readonly by: 'steps' | 'epochs' | 'seconds';
  readonly smoothing: number;
  readonly isLog: boolean;
}
interface ChartCardProps {
  readonly chart: Chart;
  readonly axis: Axis;
  readonly colorOf: (run: string) => number;
  /** Increases with every line received. */
  readonly version: number;
}
const mostPoints = 40;
const kinds = { batch: 'batches', epoch: 'epochs', validation: 'validation' } as const;
const nameOf = ({ run, kind }: Pick<ChartLine, 'run' | 'kind'>): string =>
  kind === 'epoch' ? run.name : `${run.name} · ${kinds[kind]}`;

/** A chart of curves: drag to zoom, double click to see all. */
export function ChartCard({ chart, axis, colorOf, version }: ChartCardProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const isDark = useContext(Dark);
  const [width, setWidth] = useState(0);
  const severalRuns = new Set(chart.lines.map(({ run }) => run.name)).size > 1;
  const shape = chart.lines.map(({ run, kind }) => `${run.name} ${kind}`).join('\n');

  useLayoutEffect(() => {
    const { current } = place;
    if (!current) return;
    const observer = new ResizeObserver(() => setWidth(current.clientWidth));
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const { current } = place;
    if (!current || width === 0) return;
    const made = new uPlot(optionsOf(chart.lines, axis, current, width, colorOf), dataOf(chart.lines, axis), current);
    plot.current = made;
    return () => made.destroy();
  }, [shape, axis.by, axis.isLog, width, isDark]);
  useEffect(() => {
    plot.current?.setData(dataOf(chart.lines, axis));
  }, [version, axis.smoothing]);

  return (
    <article class="chart" data-chart={chart.title}>
      <header>
        <h3>{chart.title}</h3>
        <ul>
          {chart.lines.map(({ run, kind, curve }) => (
            <li key={`${run.name} ${kind}`} class={kind} style={{ '--curve': `var(--curve-${colorOf(run.name)})` }}>
              <i />
              {severalRuns ? nameOf({ run, kind }) : kinds[kind]} <b>{figure(curve.values.at(-1) ?? Number.NaN)}</b>
            </li>
          ))}
        </ul>
      </header>
      <div ref={place} class="plot" />
    </article>
  );
}

function dataOf(lines: readonly ChartLine[], { by, smoothing, isLog }: Axis): uPlot.AlignedData {
  const tables = lines.map(({ curve, kind }): uPlot.AlignedData => {
    const values = kind === 'batch' ? smooth(curve.values, smoothing) : curve.values;
    const order = curve[by].map((_, k) => k);
    order.sort((a, b) => curve[by][a]! - curve[by][b]!);
    const shown = (v: number): number | null => (Number.isFinite(v) && !(isLog && v <= 0) ? v : null);
    return [order.map((k) => curve[by][k]!), order.map((k) => shown(values[k]!))];
  });
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

function optionsOf(
  lines: readonly ChartLine[],
  { by, isLog }: Axis,
  element: Element,
  width: number,
  colorOf: (run: string) => number,
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const font = '11px ui-monospace, Menlo, Consolas, monospace';
  const grid = { stroke: color('--line'), width: 1 };
  const ticks = { ...grid, size: 4 };
  return {
    width,
    height: 196,
    legend: { show: false },
    cursor: { drag: { x: true, y: false }, points: { size: 7 } },
    scales: { x: { time: false }, y: { distr: isLog ? 3 : 1 } },
    axes: [
      {
        stroke: color('--faint'),
        font,
        grid,
        ticks,
        size: 30,
        values: (_, splits) => splits.map((v) => (by === 'seconds' ? clock(v) : figure(v))),
      },
      {
        stroke: color('--faint'),
        font,
        grid,
        ticks,
        size: 58,
        values: (_, splits) => splits.map((v) => (v === null ? '' : figure(v))),
      },
    ],
    series: [
      {},
      ...lines.map(({ run, kind }): uPlot.Series => {
        const stroke = color(`--curve-${colorOf(run.name)}`);
        return {
          label: nameOf({ run, kind }),
          stroke: kind === 'batch' ? `${stroke}77` : stroke,
          width: kind === 'batch' ? 1.3 : 2,
          ...(kind === 'validation' && { dash: [6, 4] }),
          spanGaps: true,
          // Many points would hide whether a line is dashed.
          points: { show: (_, __, from, to) => kind !== 'batch' && to - from < mostPoints, size: 5, fill: stroke },
        };
      }),
    ],
    plugins: [tooltip(lines, by)],
  };
}
const clock = (s: number): string =>
  s >= 3600 ? `${(s / 3600).toFixed(1)} h` : s >= 60 ? `${figure(s / 60)} min` : `${figure(s)} s`;

/** The values under the cursor. */
function tooltip(lines: readonly ChartLine[], by: Axis['by']): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'tooltip';
  box.hidden = true;
  return {
    hooks: {
      init: (plot) => void plot.over.append(box),
      setCursor: (plot) => {
        const { idx, left = 0 } = plot.cursor;
        const x = idx == null ? undefined : plot.data[0][idx];
        box.hidden = x === undefined || left < 0;
        if (x === undefined) return;
        const rows = lines.flatMap(({ run, kind }, k) => {
          const value = plot.data[k + 1]?.[idx!];
          return typeof value === 'number' ? [`${run.name} · ${kinds[kind]}  ${figure(value)}`] : [];
        });
        const at = by === 'seconds' ? clock(x) : `${by === 'steps' ? 'step' : 'epoch'} ${figure(x)}`;
        // As text only: names of runs and metrics come from files.
        box.textContent = [at, ...rows].join('\n');
        box.style.left = `${left > plot.over.clientWidth / 2 ? left - box.offsetWidth - 12 : left + 12}px`;
      },
    },
  };
}
