import { useState } from 'preact/hooks';
import { figure } from '../parts/format.ts';
import type { Run } from '../store.ts';
import { ownLogs } from './charts.ts';

interface RunTableProps {
  readonly runs: readonly Run[];
  readonly hidden: ReadonlySet<string>;
  readonly colorOf: (run: string) => number;
  readonly onToggle: (name: string) => void;
}
type Cell = string | number | boolean | undefined;
interface Column {
  readonly name: string;
  readonly of: 'hyperparameter' | 'log';
  readonly cell: (run: Run) => Cell;
}

/** The runs side by side: their settings, those that differ first, and their latest logs. */
export function RunTable({ runs, hidden, colorOf, onToggle }: RunTableProps) {
  const [sorted, setSorted] = useState<{ readonly name: string; readonly isDown: boolean }>();
  const columns = columnsOf(runs);
  const by = columns.find(({ name }) => name === sorted?.name);
  const rows = by ? [...runs].sort((a, b) => order(by.cell(a), by.cell(b)) * (sorted!.isDown ? -1 : 1)) : runs;
  return (
    <div class="scroll run-table">
      <table class="kernels" aria-label="Runs">
        <thead>
          <tr>
            <th class="text">run</th>
            {columns.map(({ name, of }) => (
              <th
                key={of + name}
                class={of}
                aria-sort={sorted?.name === name ? (sorted.isDown ? 'descending' : 'ascending') : undefined}
              >
                <button
                  type="button"
                  class="plain"
                  onClick={() => setSorted({ name, isDown: sorted?.name === name && !sorted.isDown })}
                >
                  {name}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((run) => (
            <tr key={run.name}>
              <td class="name">
                <label class="run" style={{ '--curve': `var(--curve-${colorOf(run.name)})` }}>
                  <input type="checkbox" checked={!hidden.has(run.name)} onChange={() => onToggle(run.name)} />
                  <i /> {run.name} {run.state === 'running' && <em>live</em>}
                </label>
              </td>
              {columns.map(({ name, of, cell }) => (
                <td key={of + name} class={of}>
                  {cellText(cell(run))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function columnsOf(runs: readonly Run[]): readonly Column[] {
  const set = new Set(runs.flatMap(({ start }) => Object.keys(start?.hyperparameters ?? {})));
  const valuesOf = (name: string): number =>
    new Set(runs.flatMap(({ start }) => start?.hyperparameters?.[name] ?? [])).size;
  const logs = new Set(runs.flatMap(({ epochs }) => [...epochs.keys()]).filter((name) => !ownLogs.includes(name)));
  return [
    ...[...set]
      .sort((a, b) => Number(valuesOf(b) > 1) - Number(valuesOf(a) > 1))
      .map((name): Column => ({ name, of: 'hyperparameter', cell: ({ start }) => start?.hyperparameters?.[name] })),
    ...[...logs].map((name): Column => ({ name, of: 'log', cell: ({ epochs }) => epochs.get(name)?.values.at(-1) })),
  ];
}
/** Numbers by size, then texts; missing values come last. */
function order(a: Cell, b: Cell): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
const cellText = (cell: Cell): string =>
  cell === undefined
    ? ''
    : typeof cell === 'number'
      ? figure(cell)
      : typeof cell === 'boolean'
        ? cell
          ? 'yes'
          : 'no'
        : cell;
