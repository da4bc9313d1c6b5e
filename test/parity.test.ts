import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { entriesOf, type KerasNames, sectionOf } from '../scripts/parity-page.ts';
import * as keras from '../src/index.ts';

const names = JSON.parse(
  gunzipSync(readFileSync(new URL('data/names.json.gz', import.meta.url))).toString(),
) as KerasNames;
const page = readFileSync(new URL('../docs/parity.md', import.meta.url), 'utf8');
const finished = ['ops', 'ops.image', 'ops.linalg', 'ops.nn', 'ops.numpy', 'random', 'tree'];

describe.each(finished)('keras.%s', (namespace) => {
  const entries = entriesOf(namespace, names, keras);
  test('every name of Keras is here, or absent for a reason', () => {
    expect(entries.length).toBeGreaterThan(10);
    expect(entries.filter((e) => !e.isPresent && !e.reason).map((e) => e.name)).toEqual([]);
  });
  test('docs/parity.md is what `npm run parity` writes', () => {
    expect(page).toContain(sectionOf(namespace, names, keras));
  });
});

test('docs/parity.md has a section for every namespace of Keras', () => {
  const empty = (n: string): boolean => entriesOf(n, names, keras).length === 0;
  const titles = Object.keys(names.namespaces).flatMap((n) => (empty(n) ? [] : [n === 'keras' ? n : `keras.${n}`]));
  expect(titles.filter((title) => !page.includes(`\n## ${title}\n`))).toEqual([]);
});
