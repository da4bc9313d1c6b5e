import { useState } from 'preact/hooks';
import { figure, whole } from '../parts/format.ts';
import { Icon } from '../parts/icon.tsx';

const page = { rows: 12, columns: 6 };

/** Weights as a table of the last two axes, by pages. */
export function WeightTable({ values, shape }: { readonly values: Float32Array; readonly shape: readonly number[] }) {
  const columns = shape.length > 1 ? shape[shape.length - 1]! : 1;
  const rows = Math.ceil(values.length / Math.max(1, columns));
  const [row, setRow] = useState(0);
  const [column, setColumn] = useState(0);
  const shownRows = Array.from({ length: Math.min(page.rows, rows - row) }, (_, k) => row + k);
  const shownColumns = Array.from({ length: Math.min(page.columns, columns - column) }, (_, k) => column + k);
  return (
    <div class="weight-table">
      <table>
        <thead>
          <tr>
            <th />
            {shownColumns.map((c) => (
              <th key={c}>{c}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shownRows.map((r) => (
            <tr key={r}>
              <th>{indexText(r, shape)}</th>
              {shownColumns.map((c) => (
                <td key={c}>{figure(values[r * columns + c]!)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div class="pages">
        <Pages name="rows" at={row} of={rows} step={page.rows} onMove={setRow} />
        {columns > page.columns && (
          <Pages name="columns" at={column} of={columns} step={page.columns} onMove={setColumn} />
        )}
      </div>
    </div>
  );
}
interface PagesProps {
  readonly name: string;
  readonly at: number;
  readonly of: number;
  readonly step: number;
  readonly onMove: (at: number) => void;
}
function Pages({ name, at, of, step, onMove }: PagesProps) {
  if (of <= step) return null;
  return (
    <span>
      <button
        type="button"
        class="plain"
        disabled={at === 0}
        aria-label={`Earlier ${name}`}
        onClick={() => onMove(Math.max(0, at - step))}
      >
        <Icon name="back" />
      </button>
      {whole(at)}–{whole(Math.min(of, at + step) - 1)} of {whole(of)} {name}
      <button
        type="button"
        class="plain"
        disabled={at + step >= of}
        aria-label={`Later ${name}`}
        onClick={() => onMove(at + step)}
      >
        <Icon name="forward" />
      </button>
    </span>
  );
}

/** The place of a row along the axes before the last. */
function indexText(row: number, shape: readonly number[]): string {
  const outer = shape.length > 1 ? shape.slice(0, -1) : shape;
  const index: number[] = [];
  for (const size of outer.toReversed()) {
    index.unshift(row % size);
    row = Math.floor(row / size);
  }
  return index.join(', ');
}
