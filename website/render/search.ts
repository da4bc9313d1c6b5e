import MiniSearch from 'minisearch';
import type { Page } from '../content/page.ts';
import { type Heading, plain } from './markdown.ts';
import { searchOptions } from './search-options.ts';

/** What can be found: a page, or what stands below a heading of a guide. */
export interface Found {
  readonly id: string;
  readonly title: string;
  /** The page that it is on, or what kind of thing it is. */
  readonly where: string;
  readonly terms: string;
  readonly text: string;
}

const textOf = (html: string): string =>
  plain(html.replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();

/** What is found of a page. */
export function findable(page: Page, html: string, headings: readonly Heading[]): Found[] {
  const isReference = page.section === 'Reference';
  const whole: Found = {
    id: page.url,
    title: page.title,
    where: isReference ? page.summary : page.section,
    terms: page.terms ?? '',
    text: isReference ? page.summary : textOf(html.split(/<h2/)[0]!),
  };
  if (isReference) return [whole];
  const parts = html.split(/(?=<h[23] id=")/).slice(1);
  const ids = new Map(headings.map((heading) => [heading.id, heading.text]));
  return [
    whole,
    ...parts.flatMap((part): Found[] => {
      const id = /^<h[23] id="([^"]*)"/.exec(part)?.[1] ?? '';
      const title = ids.get(id);
      const text = textOf(part.replace(/^<h[23].*?<\/h[23]>/s, ''));
      return title ? [{ id: `${page.url}#${id}`, title, where: page.title, terms: '', text }] : [];
    }),
  ];
}

/** The index as a script that a page loads when somebody searches; it works without a server too. */
export function indexScript(found: readonly Found[]): string {
  const index = new MiniSearch<Found>(searchOptions);
  index.addAll(found);
  return `globalThis.siteIndex=${JSON.stringify(JSON.stringify(index))};`;
}
