import { type DType, isFloat } from '../base/dtype.ts';
import { range, type Shape, sizeOf, stridesOf } from '../base/shape.ts';
import { numberTexts } from './number-text.ts';

/** Arrays of more elements show only the first and last `edge` of each axis. */
const threshold = 1000;
const edge = 3;
const lineWidth = 75;

/** A nest of texts; `undefined` marks an omission. */
type Shown = number | undefined | readonly Shown[];

/**
 * An array as NumPy prints it, with commas: all numbers have the same width, and big arrays show three elements at each
 * edge. `textsOf` returns the texts of the elements at given offsets.
 */
export function arrayText(shape: Shape, textsOf: (offsets: readonly number[]) => readonly string[]): string {
  if (sizeOf(shape) === 0) return shape.length === 0 ? '' : '[]';
  const strides = stridesOf(shape);
  const isLong = sizeOf(shape) > threshold;
  const offsets: number[] = [];
  const pick = (d: number, offset: number): Shown => {
    if (d === shape.length) return offsets.push(offset) - 1;
    const n = shape[d];
    const places =
      isLong && n > 2 * edge ? [...range(edge), undefined, ...range(edge).map((k) => n - edge + k)] : range(n);
    return places.map((i) => (i === undefined ? undefined : pick(d + 1, offset + i * strides[d])));
  };
  const shown = pick(0, 0);
  return brackets(shown, textsOf(offsets), shape.length, ' ').replace(/ +$/, '');
}

function brackets(x: Shown, texts: readonly string[], depth: number, indent: string): string {
  if (!Array.isArray(x)) return x === undefined ? '...' : texts[x as number];
  const parts = (x as readonly Shown[]).map((y) => brackets(y, texts, depth - 1, `${indent} `));
  if (depth > 1) return `[${parts.join(`,${'\n'.repeat(depth - 1)}${indent}`)}]`;
  const lines: string[] = [];
  let line = '';
  for (const [k, part] of parts.entries()) {
    const piece = k < parts.length - 1 ? `${part},` : part;
    if (line && indent.length + line.length + 1 + piece.length + 1 > lineWidth) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += line ? ` ${piece}` : piece;
  }
  return `[${[...lines, line].join(`\n${indent}`)}]`;
}

/** The text of a single number, as in arrays. */
export const scalarText = (x: number, dtype: DType): string =>
  isFloat(dtype) ? numberTexts([x], dtype)[0].trim().replace(/\.$/, '.0') : numberTexts([x], dtype)[0];
