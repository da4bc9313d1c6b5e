import type { StudioNote } from '../../src/studio/protocol.ts';
import { whole } from '../parts/format.ts';
import type { Run } from '../store.ts';

/** Pictures, texts and matrices that callbacks sent: the last of each tag. */
export function Notes({ run }: { readonly run: Run }) {
  const last = new Map(run.notes.map((note) => [note.tag, note]));
  if (last.size === 0) return null;
  return (
    <section>
      <h2>Notes</h2>
      <div class="charts">
        {[...last.values()].map((note) => (
          <article class="chart" key={note.tag}>
            <header>
              <h3>{note.tag}</h3>
              <small>epoch {note.epoch + 1}</small>
            </header>
            {/^data:image\/(png|jpeg|webp|gif|svg\+xml);/.test(note.image ?? '') && (
              <img src={note.image} alt={note.tag} />
            )}
            {note.text !== undefined && <pre>{note.text}</pre>}
            {note.matrix && <Matrix of={note.matrix} />}
          </article>
        ))}
      </div>
    </section>
  );
}

/** Counts by row and column, the more the darker. */
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
