import type { StudioNote } from '../../src/studio/protocol.ts';
import { figure, whole } from '../parts/format.ts';
import { Guarded } from '../parts/guarded.tsx';
import type { Run } from '../store.ts';

interface NotesProps {
  readonly run: Run;
  readonly title: string;
}
/** Pictures, texts, matrices, bars and lines that callbacks sent: the last of each tag. */
export function Notes({ run, title }: NotesProps) {
  const last = new Map(run.notes.map((note) => [note.tag, note]));
  if (last.size === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <div class="charts">
        {[...last.values()].map((note) => (
          <Guarded key={note.tag} what={note.tag}>
            <Note note={note} />
          </Guarded>
        ))}
      </div>
    </section>
  );
}

function Note({ note }: { readonly note: StudioNote }) {
  return (
    <article class="chart">
      <header>
        <h3>{note.tag}</h3>
        <small>epoch {note.epoch + 1}</small>
      </header>
      {/^data:image\/(png|jpeg|webp|gif|svg\+xml);/.test(note.image ?? '') && <img src={note.image} alt={note.tag} />}
      {note.text !== undefined && <pre>{note.text}</pre>}
      {note.matrix && <Matrix of={note.matrix} />}
      {note.values && <Bars of={note.values} />}
      {note.lines && <Lines of={note.lines} />}
    </article>
  );
}

/** Numbers as bars, relative to the largest, or to 1 if none is larger. */
function Bars({ of }: { readonly of: NonNullable<StudioNote['values']> }) {
  const entries = Object.entries(of);
  const most = Math.max(1, ...entries.map(([, value]) => value));
  return (
    <dl class="bars">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt title={name}>{name}</dt>
          <dd>
            <i style={{ width: `${(100 * Math.max(0, value)) / most}%` }} />
          </dd>
          <dd>{figure(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Lines, each in its own colour, from the smallest to the largest value. */
function Lines({ of }: { readonly of: NonNullable<StudioNote['lines']> }) {
  const lines = Object.entries(of).filter(([, { x }]) => x.length > 0);
  if (lines.length === 0) return null;
  const rangeOf = (key: 'x' | 'y'): readonly [number, number] => {
    const all = lines.flatMap(([, line]) => line[key]).filter(Number.isFinite);
    return [Math.min(...all), Math.max(...all)];
  };
  const [[left, right], [low, high]] = [rangeOf('x'), rangeOf('y')];
  const px = (x: number): string => ((100 * (x - left)) / (right - left || 1)).toFixed(2);
  const py = (y: number): string => (100 - (100 * (y - low)) / (high - low || 1)).toFixed(2);
  const text = (name: string): string => `${name}: from ${figure(low)} to ${figure(high)}`;
  return (
    <figure class="lines">
      <svg
        viewBox="-1 -1 102 102"
        preserveAspectRatio="none"
        role="img"
        aria-label={lines.map(([n]) => text(n)).join('; ')}
      >
        {lines.map(([name, { x, y }], k) => (
          <polyline
            key={name}
            points={x.map((at, i) => `${px(at)},${py(y[i] ?? low)}`).join(' ')}
            style={{ stroke: `var(--curve-${(k % 6) + 1})` }}
          />
        ))}
      </svg>
      <p class="ends">
        <span>
          {figure(left)}, {figure(low)}
        </span>
        <span>
          {figure(right)}, {figure(high)}
        </span>
      </p>
      <figcaption>
        {lines.map(([name], k) => (
          <span key={name}>
            <i style={{ background: `var(--curve-${(k % 6) + 1})` }} />
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}

/** Counts by row and column; larger ones are darker. */
function Matrix({ of: { labels, rows } }: { readonly of: NonNullable<StudioNote['matrix']> }) {
  return (
    <table class="matrix">
      <thead>
        <tr>
          <th />
          {labels.map((label) => (
            <th key={label}>{label}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, k) => {
          const sum = row.reduce((a, b) => a + b, 0) || 1;
          return (
            <tr key={labels[k]}>
              <th>{labels[k]}</th>
              {row.map((n, c) => (
                <td key={labels[c]} style={{ '--part': `${(100 * n) / sum}%` }}>
                  {whole(n)}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
