import { readFileSync } from 'node:fs';
import type { Document } from './documents.ts';
import type { Links } from './links.ts';
import { escapeHtml, wayTo } from './page.ts';

/** What an example's README says at its top. */
export interface Shown {
  readonly title: string;
  /** Its first paragraph. */
  readonly about: string;
  /** The first picture: what it shows, and where it is, from the README. */
  readonly picture: readonly [alt: string, place: string] | undefined;
  /** How long it takes on two cores, in the README's words, and whether others used them. */
  readonly time: string | undefined;
}

const inWords =
  /(?:(?:a little over|some|about) )?(?:half an?|an?|one|two|three|four|five|six|eight|ten|a few|\d+) (?:seconds|minutes?|hours?)(?=[^.|]*\bcores\b)/i;
/** The time in a sentence, or the times in a table's column. */
function timeIn(text: string): string | undefined {
  const line = text.replaceAll('\n', ' ');
  const said = inWords.exec(line);
  if (said) {
    const isBusy = /^[^.|]*?\bbusy cores/.test(line.slice(said.index));
    return `${said[0].toLowerCase()} on two ${isBusy ? 'busy ' : ''}cores`;
  }
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const column = rows[0]?.indexOf('time on two cores') ?? -1;
  const times =
    column < 0
      ? []
      : rows
          .slice(2)
          .map((row) => row[column] ?? '')
          .filter((cell) => /^\d/.test(cell));
  return times.length > 0 ? `${times.join(' and ')} on two cores` : undefined;
}
/** Whole sentences up to some length, the first in any case. */
function beginningOf(text: string, length: number): string {
  const sentences = text.split(/(?<=[.:?]) (?=\p{Lu})/u);
  let found = sentences[0]!;
  for (const next of sentences.slice(1))
    if (found.length + next.length < length) found += ` ${next}`;
    else break;
  return found.replace(/:$/, '.');
}

export function shownIn(markdown: string): Shown {
  const [, title = ''] = /^# (.+)$/m.exec(markdown) ?? [];
  const text = markdown.replace(/^# .+$/m, '').replace(/^```.*?^```$/gms, '');
  const about = text.split(/\n\s*\n/).find((part) => /^[\p{L}`"“[]/u.test(part.trim())) ?? '';
  const [, alt, place] = /!\[([^\]]*)\]\(([^)]+)\)/.exec(markdown) ?? [];
  const words = about
    .trim()
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .replaceAll('\n', ' ');
  return {
    title,
    about: beginningOf(words, 240),
    picture: alt !== undefined && place ? [alt, place] : undefined,
    time: timeIn(text),
  };
}

/** Cards of all examples. */
export function galleryHtml(root: string, documents: readonly Document[], links: Links, url: string): string {
  const cards = documents
    .filter(({ file }) => /^examples\/[\w-]+\/README\.md$/.test(file))
    .map((document) => {
      const { title, about, picture, time } = shownIn(readFileSync(`${root}/${document.file}`, 'utf8'));
      const folder = document.file.replace(/README\.md$/, '');
      const image = picture
        ? `<img src="${wayTo(links.pictureUrl(folder + picture[1]), url)}" alt="${escapeHtml(picture[0])}" loading="lazy">`
        : '';
      const source = `<a href="${wayTo(links.sourceUrl(`${folder}main.ts`, `${folder}worker.ts`), url)}">source</a>`;
      const live = links.liveUrl(document.name);
      const page = live ? `<a href="${wayTo(live, url)}">live page</a>` : '';
      const facts = [time ?? '', page, source].filter((fact) => fact !== '').join(' · ');
      return `<li>${image}<div class="words"><p><strong><a href="${wayTo(document.url, url)}">${escapeHtml(title)}</a></strong></p><p>${escapeHtml(about)}</p><p class="time">${facts}</p></div></li>`;
    });
  return `<ul class="cards">${cards.join('')}</ul>`;
}
