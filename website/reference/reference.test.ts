import * as keras from 'hornbeam';
import { beforeAll, expect, test } from 'vitest';
import { publicOptions } from '../../test/public-options.ts';
import type { Page } from '../content/page.ts';
import { readSite } from '../content/site.ts';
import type { Entry } from './entry.ts';
import { kerasSide } from './keras-names.ts';
import { referencePages } from './pages.ts';
import { readEntries } from './read.ts';
import { argumentsFrom, refusalsIn } from './refusals.ts';

let entries: Entry[];
let pages: Map<string, Page>;
const byPath = new Map<string, Entry>();
beforeAll(() => {
  entries = readEntries(keras);
  for (const entry of entries) for (const path of [entry.path, ...entry.alsoAt]) byPath.set(path, entry);
  const made = referencePages(entries, kerasSide(keras), (file) => `source/${file}.html`);
  pages = new Map(made.map((page) => [page.title, page]));
}, 240_000);
const htmlOf = (path: string): string => (pages.get(byPath.get(path)!.path)!.body as { readonly html: string }).html;

/** Every name that a program can reach from the library, found by running it. */
function* reached(space: object, path: readonly string[]): Generator<string> {
  for (const [name, value] of Object.entries(space)) {
    const isNamespace =
      typeof value === 'object' && value !== null && Object.prototype.toString.call(value) === '[object Module]';
    if (isNamespace) yield* reached(value, [...path, name]);
    else yield [...path, name].join('.');
  }
}

test('every public name has a page', () => {
  const names = [...reached(keras, [])];
  expect(names.length).toBeGreaterThan(1000);
  expect(names.filter((path) => !byPath.has(path))).toEqual([]);
  expect(entries.filter(({ path }) => !pages.has(path)).map(({ path }) => path)).toEqual([]);
});

test('every class and function says what it is', () => {
  const silent = entries.filter(({ kind, doc }) => (kind === 'class' || kind === 'function') && doc === '');
  expect(silent.map(({ path }) => path)).toEqual([]);
});

test('every option says what it means, wherever it is declared, and every type what it is', () => {
  const told = entries.flatMap((entry) =>
    [entry, ...entry.members].flatMap(({ calls, ...owner }) => {
      const name = 'path' in owner ? owner.path : `${entry.path}.${owner.name}`;
      return calls.flatMap(({ options }) => options.map((option) => ({ name: `${name}: ${option.name}`, option })));
    }),
  );
  expect(told.length).toBeGreaterThan(4500);
  // The cause of an error is the language's own.
  const silent = told.filter(({ option }) => option.doc === '' && option.name !== 'cause');
  expect(silent.map(({ name }) => name)).toEqual([]);
  const parts = entries.filter(({ kind }) => kind === 'type');
  expect(parts.length).toBeGreaterThan(250);
  expect(parts.filter(({ doc }) => doc === '').map(({ path }) => path)).toEqual([]);
  const given = parts
    .filter(({ path }) => /Options?$/.test(path))
    .flatMap(({ path, members }) => members.map((member) => ({ name: `${path}: ${member.name}`, member })));
  expect(given.filter(({ member }) => member.doc === '').map(({ name }) => name)).toEqual([]);
});

test('every attribute and method of a class or type says what it means', () => {
  const told = entries.flatMap((entry) => {
    const options = new Set(
      entry.kind === 'class' ? entry.calls.flatMap((call) => call.options.map(({ name }) => name)) : [],
    );
    return entry.members
      .filter(({ name }) => !options.has(name))
      .map(({ name, doc }) => ({ name: `${entry.path}.${name}`, doc }));
  });
  expect(told.length).toBeGreaterThan(2000);
  expect(told.filter(({ doc }) => doc === '').map(({ name }) => name)).toEqual([]);
});

test('every option of a class, function or method stands on its page', () => {
  const missing = publicOptions().flatMap(({ path, kind, names }) => {
    const owner = kind === 'method' ? path.slice(0, -1) : path;
    const entry = byPath.get(owner.join('.'));
    if (!entry) return [`${owner.join('.')}: no page`];
    // An object of the library is no options, though it may lack members too.
    if (names.includes('className')) return [];
    // A method that comes from a public class above is described there.
    const holders = [entry, ...entry.bases.map((base) => byPath.get(base)!)].map(({ path: at }) => htmlOf(at));
    return names
      .filter((name) => /^\w+$/.test(name) && !name.startsWith('_'))
      .filter((name) => !holders.some((html) => html.includes(`<td><code>${name}</code>`)))
      .map((name) => `${path.join('.')}: ${name}`);
  });
  expect(missing).toEqual([]);
});

test('a page tells types, defaults, rules, Keras’s names, an example and the source', () => {
  const dense = htmlOf('layers.Dense');
  expect(dense).toContain('new Dense({ units');
  expect(dense).toContain('It must be an integer &gt;= 1.');
  expect(dense).toContain('default <code>true</code>');
  expect(dense).toContain('Keras: <code>use_bias</code>');
  expect(dense).toContain('<code>keras.layers.Dense</code>');
  expect(dense).toMatch(/source\/src\/layers\/core\/dense\.ts\.html#L\d+/);
  expect(htmlOf('ops.softShrink')).toContain('default <code>0.5</code>');
  expect(byPath.get('optimizers.Adam')!.bases).toEqual(['Optimizer']);
  // What can be called and is held by another is an attribute.
  const [cell] = byPath.get('layers.LSTM')!.members.filter(({ name }) => name === 'cell');
  expect([cell!.type, cell!.calls]).toEqual(['LSTMCell', []]);
});

test('links of the reference lead to its pages and to members on them', () => {
  const urls = new Map([...pages.values()].map((page) => [page.url, (page.body as { readonly html: string }).html]));
  const lost = [...urls].flatMap(([url, html]) =>
    [...html.matchAll(/ href="([^"]+)"/g)]
      .map(([, to]) => new URL(to!, `http://site/${url}`))
      .filter(({ host, pathname }) => host === 'site' && !pathname.startsWith('/source/'))
      .filter(({ pathname, hash }) => {
        const there = urls.get(pathname.slice(1));
        return there === undefined || (hash !== '' && !there.includes(` id="${hash.slice(1)}"`));
      })
      .map((to) => `${url}: ${to.pathname}${to.hash}`),
  );
  expect(lost).toEqual([]);
});

test('links of the other pages to the reference lead to its pages', () => {
  const urls = new Set([...pages.values()].map(({ url }) => url));
  const lost = readSite().pages.flatMap((page) =>
    [...('markdown' in page.body ? page.body.markdown : '').matchAll(/(?:\]\(|href=")([^)"\s]+)[)"]/g)]
      .map(([, to]) => new URL(to!, `http://site/${page.url}`))
      .filter(
        ({ host, pathname }) => host === 'site' && pathname.startsWith('/reference/') && !urls.has(pathname.slice(1)),
      )
      .map(({ pathname }) => `${page.file}: ${pathname}`),
  );
  expect(lost).toEqual([]);
});

test('what code refuses is read from its calls of fail', () => {
  const text = `\`b \${g({ c: "," })}\``;
  expect(argumentsFrom(`f(a, ${text}, [1, 2]) + 1`, 2)).toEqual(['a', text, '[1, 2]']);
  expect(refusalsIn(`fail(who, \`rate is \${show(rate)}, not a share\`, 'give one'); fail(a, problem, b);`)).toEqual([
    'rate is …, not a share',
  ]);
});
