import { fail } from '../base/errors.ts';
import { isPlainObject } from '../base/tree.ts';
import type { StudioNoteOptions } from './options.ts';

const areNumbers = (x: unknown): x is number[] => Array.isArray(x) && x.every((v) => typeof v === 'number');
const areTexts = (x: unknown): x is string[] => Array.isArray(x) && x.every((v) => typeof v === 'string');
const everyValue = (x: unknown, is: (value: unknown) => boolean): boolean =>
  isPlainObject(x) && Object.values(x).every(is);
function isMatrix(x: unknown): boolean {
  if (!isPlainObject(x)) return false;
  const { labels, rows } = x;
  if (!areTexts(labels) || !Array.isArray(rows)) return false;
  return rows.length === labels.length && rows.every((row) => areNumbers(row) && row.length === labels.length);
}
function isLine(line: unknown): boolean {
  if (!isPlainObject(line)) return false;
  const { x, y } = line;
  return areNumbers(x) && areNumbers(y) && x.length === y.length;
}

/** What each part of a note has to be, in words and as a test. */
const parts: Readonly<Record<string, readonly [form: string, is: (x: unknown) => boolean]>> = {
  image: ['a picture as a data URL', (x) => typeof x === 'string' && x.startsWith('data:image/')],
  text: ['a text', (x) => typeof x === 'string'],
  matrix: ['{ labels: […], rows: [[…], …] } with as many rows and columns as labels', isMatrix],
  values: ['numbers by name', (x) => everyValue(x, (value) => typeof value === 'number')],
  lines: ['{ x: […], y: […] } by name, with as many x as y', (x) => everyValue(x, isLine)],
};

/** Refuses a note that no page could show. */
export function checkNote(tag: unknown, note: StudioNoteOptions): void {
  if (typeof tag !== 'string' || tag === '')
    fail('Studio.note', `the tag is ${JSON.stringify(tag)}`, "give the note a name: note('confusion', { … })");
  for (const [name, [form, is]] of Object.entries(parts)) {
    const value = note[name as keyof StudioNoteOptions];
    if (value !== undefined && !is(value)) fail('Studio.note', `${name} of "${tag}" is not ${form}`, `give ${form}`);
  }
}
