import { useContext, useLayoutEffect, useRef } from 'preact/hooks';
import type { StudioHistogram, StudioHistograms } from '../../src/studio/protocol.ts';
import { figure } from '../parts/format.ts';
import { Guarded } from '../parts/guarded.tsx';
import { Dark } from '../parts/theme.ts';
import type { Run } from '../store.ts';

const titles = {
  weights: 'Weights over time',
  gradients: 'Gradients over time',
  activations: 'Activations over time',
} as const;

interface HistogramsProps {
  readonly run: Run;
  /** Follows the titles. */
  readonly suffix: string;
}
/** Distributions of weights, gradients and activations: one ridge per epoch, the last in front. */
export function HistogramsOverTime({ run, suffix }: HistogramsProps) {
  return (
    <>
      {(Object.keys(titles) as (keyof typeof titles)[]).map((of) => (
        <Kind
          key={of}
          title={`${titles[of]}${suffix}`}
          lines={run.histograms.filter((line) => (line.of ?? 'weights') === of)}
        />
      ))}
    </>
  );
}

interface KindProps {
  readonly title: string;
  readonly lines: readonly StudioHistograms[];
}
function Kind({ title, lines }: KindProps) {
  const names = [...new Set(lines.flatMap(({ histograms }) => Object.keys(histograms)))];
  if (names.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <div class="charts small">
        {names.slice(0, 120).map((name) => (
          <Guarded key={name} what={name}>
            <Ridges
              name={name}
              list={lines.flatMap(({ epoch, histograms }) =>
                Object.hasOwn(histograms, name) ? [{ epoch, of: histograms[name]! }] : [],
              )}
            />
          </Guarded>
        ))}
      </div>
    </section>
  );
}
interface RidgesProps {
  readonly name: string;
  readonly list: readonly { readonly epoch: number; readonly of: StudioHistogram }[];
}
const size = { width: 300, height: 130 };

function Ridges({ name, list }: RidgesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDark = useContext(Dark);
  const low = Math.min(...list.map(({ of }) => of.low));
  const high = Math.max(...list.map(({ of }) => of.high));
  useLayoutEffect(() => {
    const { current } = canvas;
    const pen = current?.getContext('2d');
    if (!current || !pen) return;
    current.width = 2 * size.width;
    current.height = 2 * size.height;
    pen.scale(2, 2);
    const style = getComputedStyle(current);
    const shown = list.filter((_, k) => (list.length - 1 - k) % Math.ceil(list.length / 24) === 0);
    // Ridges are densities, so that ranges of different widths are comparable.
    const density = ({ low: a, high: b, counts, size: n }: StudioHistogram) =>
      counts.map((c) => (c * counts.length) / ((b - a || 1) * Math.max(1, n)));
    const most = Math.max(1e-30, ...shown.flatMap(({ of }) => density(of)));
    const room = size.height - 46;
    shown.forEach(({ of }, k) => {
      const base = shown.length > 1 ? 40 + (room * k) / (shown.length - 1) : size.height - 8;
      const heights = density(of);
      const x = (at: number): number =>
        ((of.low + ((at + 0.5) * (of.high - of.low)) / heights.length - low) / (high - low || 1)) * (size.width - 8) +
        4;
      pen.beginPath();
      pen.moveTo(x(-0.5), base);
      heights.forEach((h, at) => pen.lineTo(x(at), base - (h / most) * 36));
      pen.lineTo(x(heights.length - 0.5), base);
      pen.closePath();
      pen.globalAlpha = 0.9;
      pen.fillStyle = style.getPropertyValue('--card');
      pen.fill();
      pen.globalAlpha = 0.15 + (0.45 * (k + 1)) / shown.length;
      pen.fillStyle = style.getPropertyValue('--accent');
      pen.fill();
      pen.globalAlpha = 1;
      pen.strokeStyle = style.getPropertyValue('--accent');
      pen.lineWidth = 0.8;
      pen.stroke();
    });
  }, [list.length, isDark]);
  const ends = list.map(({ epoch }) => epoch + 1);
  return (
    <article class="chart">
      <header>
        <h3 title={name}>{name}</h3>
        <small>
          epochs {ends[0]}–{ends.at(-1)}
        </small>
      </header>
      <canvas ref={canvas} class="ridges" role="img" aria-label={`Histograms of ${name}`} />
      <p class="ends">
        <span>{figure(low)}</span>
        <span>{figure(high)}</span>
      </p>
    </article>
  );
}
