import { printable } from './streams.ts';

/** Rows in aligned columns, cut to a width: the widest columns are shortened first. */
export function columnsOf(
  rows: readonly (readonly string[])[],
  { width, align = [] }: { width: number; align?: readonly ('left' | 'right')[] },
): string {
  const shown = rows.map((row) => row.map((cell) => printable(cell).replaceAll(/[\n\t]/g, ' ')));
  const widths = (shown[0] ?? []).map((_, k) => shown.reduce((most, row) => Math.max(most, (row[k] ?? '').length), 0));
  const gap = 2;
  const least = 6;
  while (widths.reduce((a, b) => a + b, 0) + gap * (widths.length - 1) > width) {
    const widest = widths.indexOf(Math.max(...widths));
    if (widths[widest] <= least) break;
    widths[widest]--;
  }
  const cell = (text: string, k: number): string => {
    const cut = text.length > widths[k] ? `${text.slice(0, widths[k] - 1)}…` : text;
    return align[k] === 'right' ? cut.padStart(widths[k]) : cut.padEnd(widths[k]);
  };
  return shown.map((row) => row.map(cell).join(' '.repeat(gap)).trimEnd()).join('\n');
}

/** A number of bytes in readable form. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < units.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
/** A whole number with commas between thousands. */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
