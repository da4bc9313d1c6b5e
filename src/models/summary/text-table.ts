/** Text in boxes, as Python's `rich` draws tables with fixed column widths. */
export interface TextTable {
  readonly header: readonly string[];
  readonly align: readonly ('left' | 'right' | 'center')[];
  /** Desired column widths, without padding and lines. */
  readonly widths: readonly number[];
  /** Width of the whole table. */
  readonly width: number;
  readonly rows: readonly (readonly string[])[];
}

/** Draws the table: heavy lines around the header, light ones elsewhere and between rows. */
export function drawTable({ header, align, widths, width, rows }: TextTable): string {
  const columns = fitWidths(widths, width);
  const line = (left: string, fill: string, middle: string, right: string): string =>
    left + columns.map((n) => fill.repeat(n)).join(middle) + right;
  const row = (cells: readonly string[], bar: string): string[] => {
    const wrapped = columns.map((n, k) => wrapCell(cells[k] ?? '', n - 2, align[k]));
    const height = Math.max(...wrapped.map((lines) => lines.length));
    return Array.from({ length: height }, (_, i) => {
      const parts = columns.map((n, k) => ` ${wrapped[k][i] ?? ' '.repeat(n - 2)} `);
      return bar + parts.join(bar) + bar;
    });
  };
  const between = line('├', '─', '┼', '┤');
  return [
    line('┏', '━', '┳', '┓'),
    ...row(header, '┃'),
    line('┡', '━', '╇', '┩'),
    ...rows.flatMap((cells, k) => [...(k > 0 ? [between] : []), ...row(cells, '│')]),
    line('└', '─', '┴', '┘'),
  ].join('\n');
}

/** Widths with padding, reduced evenly until lines and columns fit the table. */
function fitWidths(widths: readonly number[], width: number): number[] {
  const padded = widths.map((n) => n + 2);
  const sum = padded.reduce((a, b) => a + b, 0);
  const available = width - (widths.length + 1);
  if (sum < available) return distribute(padded, available - sum);
  let excess = sum - available;
  return padded.map((n, k) => {
    const share = Math.min(n, roundHalfEven(excess / (padded.length - k)));
    excess -= share;
    return Math.max(3, Math.min(n, n - share));
  });
}
/** Distributes the remaining width over the columns, in proportion to their widths. */
function distribute(widths: readonly number[], total: number): number[] {
  let [left, weight] = [total, widths.reduce((a, b) => a + b, 0)];
  return widths.map((n) => {
    const share = weight > 0 ? Math.ceil((n * left) / weight) : left;
    left -= share;
    weight -= n;
    return n + share;
  });
}
const roundHalfEven = (x: number): number => {
  const low = Math.floor(x);
  return x - low === 0.5 ? low + (low % 2) : Math.round(x);
};

/** The lines of a cell, broken between words; a word longer than a line ends in an ellipsis. */
function wrapCell(text: string, width: number, align: 'left' | 'right' | 'center'): string[] {
  return breakLines(text, width).map((line) => {
    const shown = crop(align === 'left' ? line.trimEnd() : line.trim(), width);
    const space = width - cellsOf(shown);
    const before = align === 'left' ? 0 : align === 'right' ? space : space >> 1;
    return ' '.repeat(before) + shown + ' '.repeat(space - before);
  });
}
function breakLines(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const [word] of text.matchAll(/\s*\S+\s*/g)) {
    if (line !== '' && cellsOf(line) + cellsOf(word.trimEnd()) > width) {
      lines.push(line);
      line = '';
    }
    line += word;
  }
  return [...lines, line];
}
function crop(text: string, width: number): string {
  if (cellsOf(text) <= width) return text;
  let shown = '';
  for (const c of text) {
    if (cellsOf(shown + c) > width - 1) break;
    shown += c;
  }
  return `${shown}${' '.repeat(width - 1 - cellsOf(shown))}…`;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** The columns a text occupies in a terminal. */
const cellsOf = (text: string): number => {
  let cells = 0;
  for (const c of text) cells += /\p{Mark}/u.test(c) ? 0 : wide.test(c) ? 2 : 1;
  return cells;
};
