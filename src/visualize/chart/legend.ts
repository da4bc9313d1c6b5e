import { escapeXml, shortened, textWidth } from '../text.ts';
import { px } from './frame.ts';

/** A legend entry. */
export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly isDashed?: boolean | undefined;
  readonly isDotted?: boolean | undefined;
}
const [sample, gap, rowHeight, longestName] = [22, 20, 20, 32];

/** Legend entries side by side, wrapped to a width. */
export function legendOf(
  entries: readonly LegendEntry[],
  width: number,
): { height: number; draw: (x: number, y: number) => string } {
  const placed: { entry: LegendEntry; name: string; x: number; row: number }[] = [];
  let [x, row] = [0, 0];
  for (const entry of entries) {
    const name = shortened(entry.name, longestName);
    const wide = sample + 6 + textWidth(name, 12);
    if (x > 0 && x + wide > width) [x, row] = [0, row + 1];
    placed.push({ entry, name, x, row });
    x += wide + gap;
  }
  const draw = (left: number, top: number): string =>
    placed
      .map(({ entry: { color, isDashed, isDotted }, name, x, row }) => {
        const [at, y] = [left + x, top + rowHeight * (row + 0.5)];
        const mark = isDotted
          ? `<circle cx="${px(at + sample / 2)}" cy="${px(y)}" r="3" fill="${color}"/>`
          : `<path d="M${px(at)} ${px(y)}h${sample}" stroke="${color}" stroke-width="2"${isDashed ? ' stroke-dasharray="6 4"' : ''}/>`;
        return `${mark}<text x="${px(at + sample + 6)}" y="${px(y + 4)}">${escapeXml(name)}</text>`;
      })
      .join('');
  return { height: placed.length > 0 ? rowHeight * (row + 1) : 0, draw };
}
