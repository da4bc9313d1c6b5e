import { expect, test } from 'vitest';
import { withDrawings } from './drawings.ts';
import { Links } from './links.ts';
import type { Page } from './page.ts';
import { slugOf } from './page.ts';
import { readSite } from './site.ts';

const { pages, links, drawings } = readSite();
const withoutCode = (markdown: string): string => markdown.replace(/^ *```[\s\S]*?^ *```$/gm, '');
const textOf = ({ body }: Page): string => ('markdown' in body ? body.markdown : body.html);

/** The ids of a page's headings and rows. */
function idsOf(page: Page): Set<string> {
  const headings = [...withoutCode(textOf(page)).matchAll(/^#{1,4} (.+)$/gm)].map(([, text]) => slugOf(text!));
  const numbered = headings.map((id, k) => {
    const before = headings.slice(0, k).filter((other) => other === id).length;
    return before > 0 ? `${id}-${before}` : id;
  });
  return new Set([...numbered, ...[...textOf(page).matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!)]);
}
/** Where the links of a page lead within the site. */
function targetsOf(page: Page): string[] {
  const text = withoutCode(textOf(page)).replace(/`[^`\n]*`/g, '');
  const found = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/ (?:href|src)="([^"]+)"/g)].map(
    ([, to]) => to!,
  );
  return found
    .filter((to) => !/^(?:https?|mailto):/.test(to))
    .map((to) => new URL(to, `http://site/${page.url}`))
    .map(({ pathname, hash }) => decodeURIComponent(pathname.slice(1) + hash));
}

test('links of the files that are pages lead to files of the repository', () => {
  expect(links.broken).toEqual([]);
});

test('links of pages lead to pages, and to headings on them', () => {
  const ids = new Map(pages.map((page) => [page.url, idsOf(page)]));
  const pictures = new Set([...links.pictures.values(), ...drawings.map(({ url }) => url)]);
  const isLive = (path: string): boolean => [...links.live].some((name) => path === `live/${name}/index.html`);
  const isThere = (target: string): boolean => {
    const [path = '', id] = target.split('#');
    const known = ids.get(path);
    if (known) return id === undefined || known.has(id);
    // Pages of source and of the reference are made with the site; the test of the reference looks at these.
    const source = /^source\/(.*)\.html$/.exec(path)?.[1];
    return (
      pictures.has(path) ||
      (source !== undefined && links.sources.has(source)) ||
      path.startsWith('reference/') ||
      isLive(path)
    );
  };
  const lost = pages.flatMap((page) =>
    targetsOf(page)
      .filter((target) => !isThere(target))
      .map((target) => `${page.file}: ${target}`),
  );
  expect(lost).toEqual([]);
});

test('pages have one title, headings in order, and pictures with words in their place', () => {
  for (const page of pages) {
    const levels = [...withoutCode(textOf(page)).matchAll(/^(#{1,6}) /gm)].map(([, marks]) => marks!.length);
    expect(
      levels.filter((level) => level === 1),
      page.file,
    ).toHaveLength(1);
    levels.forEach((level, k) => {
      if (k > 0) expect(level, `${page.file}: heading ${k + 1}`).toBeLessThanOrEqual(levels[k - 1]! + 1);
    });
    expect(textOf(page), page.file).not.toMatch(/!\[\]\(|<img(?![^>]* alt=)/);
  }
});

test('each example in the gallery has a picture, words and a time', () => {
  const gallery = pages.find(({ url }) => url === 'gallery/index.html')!;
  const cards = textOf(gallery).match(/<li>.*?<\/li>/gs)!;
  expect(cards.length).toBeGreaterThan(15);
  const lacking = cards.filter(
    (card) =>
      !/<img /.test(card) ||
      !/\d|half|one|two|ten|few|minute/.test(/class="time">([^<·]*on two (?:busy )?cores)/.exec(card)?.[1] ?? ''),
  );
  expect(lacking).toEqual([]);
});

test('each page has a place of its own', () => {
  const urls = pages.map(({ url }) => url.toLowerCase());
  expect(new Set(urls).size).toBe(urls.length);
});

test('a block that draws is a program by itself, and its picture stands behind it', () => {
  const page = `\`\`\`ts
import * as keras from 'hornbeam';
\`\`\`

<!-- given: const a = 1; -->
<!-- draws: a.svg A line -->

\`\`\`ts
draw(a);
\`\`\`
`;
  const { markdown, drawings: found } = withDrawings(page, 'guides/lines.html');
  expect(found).toEqual([
    {
      url: 'pictures/drawn/guides-lines-a.svg',
      file: 'a.svg',
      program: "import * as keras from 'hornbeam';\nconst a = 1;\ndraw(a);",
    },
  ]);
  expect(markdown).toContain('draw(a);\n```\n\n![A line](/pictures/drawn/guides-lines-a.svg)');
});

test('links are led to places of the site, those with code in their text too, and code is left alone', () => {
  const way = new Links('.', new Map([['docs/data.md', 'guides/data.html']]));
  const said = way.rewrite(
    '[`fit`](data.md#a), `x[0](y)`, [![p](pictures/studio-run.png)](/reference/index.html)',
    'docs/cli.md',
    'guides/cli.html',
  );
  expect(said).toBe(
    '[`fit`](data.html#a), `x[0](y)`, [![p](../pictures/docs/studio-run.png)](../reference/index.html)',
  );
});
