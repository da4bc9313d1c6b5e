import { escapeXml, shortened, textWidth } from '../text.ts';
import { chartSvg, px, quiet, titleText } from './frame.ts';

export interface ConfusionLook {
  readonly names: readonly string[];
  readonly normalize: 'true' | 'pred' | 'all' | undefined;
  readonly title: string | undefined;
  readonly cellSize: number | undefined;
}

/**
 * A confusion matrix, with a row per true class and a column per predicted class. Cells are darker the greater their
 * share of the row: correct ones blue, mistakes red. Mistakes are darkened by the square root of their share, so that
 * rare ones are visible.
 */
export function drawConfusion(counts: readonly (readonly number[])[], look: ConfusionLook): string {
  const { names, normalize } = look;
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  const rows = counts.map(sum);
  const columns = counts.map((_, j) => sum(counts.map((row) => row[j])));
  const all = sum(rows);
  const right = sum(counts.map((row, k) => row[k]));
  const wholeOf = (k: number, j: number): number =>
    normalize === 'true' ? rows[k] : normalize === 'pred' ? columns[j] : normalize === 'all' ? all : 1;
  const textOf = (k: number, j: number): string => {
    const count = counts[k][j];
    if (count === 0) return '';
    return normalize ? percent(count / wholeOf(k, j)) : Number.isInteger(count) ? String(count) : count.toPrecision(3);
  };
  const texts = counts.map((row, k) => row.map((_, j) => textOf(k, j)));
  const widest = texts.flat().reduce((most, text) => Math.max(most, textWidth(text, 12)), 0);
  const roomy = Math.max(28, Math.min(64, 640 / counts.length), widest + 10);
  const cell = look.cellSize ?? (counts.length > 40 ? Math.max(8, 1200 / counts.length) : roomy);
  // Cells too small for numbers have only their colour.
  const hasTexts = cell >= Math.max(14, widest + 2);
  const size = cell * counts.length;

  const shown = names.map((name) => shortened(name, 22));
  const longest = shown.reduce((most, name) => Math.max(most, textWidth(name, 12)), 0);
  const isUpright = longest + 6 <= cell;
  const every = Math.max(1, Math.ceil(13 / cell));
  const title = look.title ?? (all > 0 ? `${percent(right / all)} of ${all} are right` : 'There are no samples');
  const [left, top] = [longest + 44, 44];
  const under = (isUpright ? 22 : longest * 0.72 + 18) + 24;
  const [width, height] = [Math.max(left + size + 20, left + textWidth(title, 16)), top + size + under];

  const parts = [titleText(title, left, 28)];
  counts.forEach((row, k) => {
    row.forEach((count, j) => {
      const share = rows[k] === 0 ? 0 : count / rows[k];
      const strength = k === j ? share : Math.sqrt(share);
      const [x, y] = [left + j * cell, top + k * cell];
      parts.push(
        `<rect x="${px(x)}" y="${px(y)}" width="${px(cell)}" height="${px(cell)}" fill="${tint(k === j, strength)}" stroke="#ffffff"/>`,
      );
      if (hasTexts && texts[k][j])
        parts.push(
          `<text x="${px(x + cell / 2)}" y="${px(y + cell / 2 + 4)}" text-anchor="middle"${strength > 0.55 ? ' fill="#ffffff"' : ''}>${texts[k][j]}</text>`,
        );
    });
    if (k % every !== 0) return;
    const middle = (k + 0.5) * cell;
    const name = escapeXml(shown[k]);
    parts.push(`<text x="${px(left - 8)}" y="${px(top + middle + 4)}" text-anchor="end">${name}</text>`);
    const [x, y] = [left + middle, top + size + 16];
    parts.push(
      isUpright
        ? `<text x="${px(x)}" y="${px(y)}" text-anchor="middle">${name}</text>`
        : `<text transform="translate(${px(x + 4)} ${px(y - 4)}) rotate(-45)" text-anchor="end">${name}</text>`,
    );
  });
  parts.push(
    `<text transform="translate(18 ${px(top + size / 2)}) rotate(-90)" text-anchor="middle" font-size="13" fill="${quiet}">True class</text>`,
    `<text x="${px(left + size / 2)}" y="${px(height - 10)}" text-anchor="middle" font-size="13" fill="${quiet}">Taken for</text>`,
  );
  return chartSvg(Math.ceil(width), Math.ceil(height), parts);
}

const percent = (share: number): string => {
  const value = 100 * share;
  // Rounding must not turn less than 100% into 100%, or more than 0% into 0%.
  return `${share === 1 ? '100' : share === 0 ? '0' : Math.min(99.9, Math.max(0.1, value)).toFixed(1)}%`;
};

/** From nearly white to blue or red. */
function tint(isRight: boolean, strength: number): string {
  const [from, to] = [[244, 245, 247], isRight ? [40, 84, 176] : [196, 52, 40]];
  return `rgb(${from.map((low, c) => Math.round(low + Math.min(1, strength) * (to[c] - low))).join()})`;
}
