import type { StudioHistogram } from '../../src/studio/protocol.ts';
import { figure } from './format.ts';

/** A distribution of numbers, as bars. */
export function Histogram({
  of: { low, high, counts },
  height = 72,
}: {
  readonly of: StudioHistogram;
  readonly height?: number;
}) {
  const most = Math.max(1, ...counts);
  const step = 100 / Math.max(1, counts.length);
  const zero = low < 0 && high > 0 ? (100 * -low) / (high - low) : undefined;
  return (
    <figure class="histogram">
      <svg
        viewBox={`0 0 100 ${height}`}
        preserveAspectRatio="none"
        style={{ height: `${height}px` }}
        role="img"
        aria-label={`Histogram from ${figure(low)} to ${figure(high)}`}
      >
        {counts.map(
          (n, k) =>
            n > 0 && (
              <rect
                key={k}
                x={k * step + step * 0.06}
                width={step * 0.88}
                y={height - Math.max(1, (n / most) * (height - 4))}
                height={Math.max(1, (n / most) * (height - 4))}
              />
            ),
        )}
        {zero !== undefined && <line x1={zero} x2={zero} y1="0" y2={height} />}
      </svg>
      <figcaption>
        <span>{figure(low)}</span>
        {zero !== undefined && zero > 18 && zero < 82 && (
          <span style={{ left: `${zero}%` }} class="zero">
            0
          </span>
        )}
        <span>{figure(high)}</span>
      </figcaption>
    </figure>
  );
}
