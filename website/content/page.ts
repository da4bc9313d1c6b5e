/** The parts of the site, in the order of its head. */
export const sections = ['Start', 'Guides', 'Reference', 'Migration', 'Gallery', 'Inside'] as const;
export type Section = (typeof sections)[number];

/** A page of the site before it is put into its frame. */
export interface Page {
  /** Where it will be, from the site's root: `guides/training.html`. */
  readonly url: string;
  readonly title: string;
  readonly section: Section;
  /** A sentence for search engines and lists. */
  readonly summary: string;
  /** What it says: Markdown whose links lead to places in the site, or HTML. */
  readonly body: { readonly markdown: string } | { readonly html: string };
  /** The file that it is made of, where there is one. */
  readonly file?: string;
  /** What else it may be searched by. */
  readonly terms?: string;
}

/** The id of a heading, as GitHub makes it, so that links among the files lead to the same place in both. */
export const slugOf = (heading: string): string =>
  heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The way from one page to another place of the site. */
export function wayTo(place: string, from: string): string {
  const [path = '', anchor] = place.split('#');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  if (path === '' || path === from) return hash || path.split('/').at(-1)!;
  const [here, there] = [from.split('/'), path.split('/')];
  let shared = 0;
  while (shared < here.length - 1 && here[shared] === there[shared]) shared++;
  return '../'.repeat(here.length - 1 - shared) + there.slice(shared).join('/') + hash;
}

/** The first sentence of a text, on one line. */
export const firstSentence = (text: string): string =>
  /^.*?[.:](?=\s|$)/s.exec(text)?.[0].replace(/\s+/g, ' ').replace(/:$/, '.') ?? text.split('\n')[0]!;
