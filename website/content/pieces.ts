import { readFileSync } from 'node:fs';

/** A part of a file of the repository that a page of the site shows, so that it is written once. */
export interface Piece {
  readonly file: string;
  readonly markdown: string;
}

/**
 * `README.md#examples` is what stands below that heading, up to the next one of its level; `README.md` what stands before the
 * first of the second level, without its title.
 */
export function pieceOf(root: string, place: string): Piece {
  const [file = '', heading] = place.split('#');
  const text = readFileSync(`${root}/${file}`, 'utf8');
  const parts = text.split(/^## (.+)$/m);
  if (heading === undefined) return { file, markdown: parts[0]!.replace(/^# .+$/m, '').trim() };
  const k = parts.findIndex((part, i) => i % 2 === 1 && part === heading);
  if (k < 0) throw new Error(`${file} has no heading "${heading}"`);
  return { file, markdown: parts[k + 1]!.trim() };
}
