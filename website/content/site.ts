import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { kerasSide } from '../reference/keras-names.ts';
import { referencePages } from '../reference/pages.ts';
import { readEntries } from '../reference/read.ts';
import { type Document, documents } from './documents.ts';
import { type Drawing, withDrawings } from './drawings.ts';
import { galleryHtml } from './gallery.ts';
import { Links } from './links.ts';
import type { Page } from './page.ts';
import { pieceOf } from './pieces.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** All that the site shows. */
export interface Site {
  readonly pages: readonly Page[];
  /** Pages made of files, in the order of the side bar. */
  readonly documents: readonly Document[];
  readonly links: Links;
  /** Pictures that code on the pages draws. */
  readonly drawings: readonly Drawing[];
}

/** The pages made of files; with `library`, which is the running library, the reference too. */
export function readSite(library?: object): Site {
  const listed = documents(root);
  const links = new Links(root, new Map(listed.map(({ file, url }) => [file, url])));
  const drawings: Drawing[] = [];
  const pages = listed.map((document) => {
    const { page, drawn } = pageOf(document, listed, links);
    drawings.push(...drawn);
    return page;
  });
  if (library) pages.push(...referencePages(readEntries(library), kerasSide(library), (file) => links.sourceUrl(file)));
  return { pages, documents: listed, links, drawings };
}

/** A page of its own words, with pieces of other files where it says so, its links led to places of the site. */
function pageOf(
  { file, url, section, name }: Document,
  listed: readonly Document[],
  links: Links,
): { readonly page: Page; readonly drawn: readonly Drawing[] } {
  const { markdown: text, drawings: drawn } = withDrawings(readFileSync(`${root}/${file}`, 'utf8'), url);
  const [, title = name] = /^# (.+)$/m.exec(text) ?? [];
  const markdown = text
    .split(/^<!-- piece: (.+?) -->$/m)
    .map((part, k) => (k % 2 === 0 ? links.rewrite(part, file, url) : piece(part, listed, links, url)))
    .join('');
  const plain = markdown.replace(/<!--[\s\S]*?-->/g, '').replace(/^#.*$/gm, '');
  const summary = /^[\p{L}`*_"“[].+$/mu.exec(plain)?.[0] ?? name;
  const page: Page = {
    url,
    section,
    file,
    title: title.replaceAll('`', ''),
    summary: summary
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[`*_]/g, '')
      .slice(0, 200),
    body: { markdown: markdown.replace(/<!--[\s\S]*?-->\n*/g, '') },
  };
  return { page, drawn };
}
function piece(place: string, listed: readonly Document[], links: Links, url: string): string {
  if (place === 'gallery') return galleryHtml(root, listed, links, url);
  const { file, markdown } = pieceOf(root, place);
  return links.rewrite(markdown, file, url);
}
