import type { Document } from '../content/documents.ts';
import { escapeHtml, type Page, type Section, sections, wayTo } from '../content/page.ts';
import { nameOf } from '../reference/entry.ts';
import type { Heading } from './markdown.ts';

const homes: Readonly<Record<Section, string>> = {
  Start: 'start/install.html',
  Guides: 'guides/functional.html',
  Reference: 'reference/index.html',
  Migration: 'migration/keras.html',
  Gallery: 'gallery/index.html',
  Inside: 'inside/design.html',
};

/** Frames of pages: head, side bar, contents, what comes before and after. */
export class Shell {
  private readonly groups = new Map<string, { readonly url: string; readonly name: string }[]>();
  private readonly documents: readonly Document[];
  private readonly reference: readonly Page[];
  private readonly version: string;

  constructor(documents: readonly Document[], pages: readonly Page[], version: string) {
    this.documents = documents;
    this.reference = pages.filter(({ section }) => section === 'Reference');
    this.version = version;
    for (const { section, group, url, name } of documents) {
      const key = `${section}/${group}`;
      this.groups.set(key, [...(this.groups.get(key) ?? []), { url, name }]);
    }
  }

  frame(page: Page, html: string, headings: readonly Heading[]): string {
    const to = (place: string): string => wayTo(place, page.url);
    const isHome = page.url === 'index.html';
    const contents = headings.filter(({ level }) => level === 2 || level === 3);
    const title = isHome ? 'Hornbeam: Keras 3, native to TypeScript' : `${page.title} · Hornbeam`;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(page.summary)}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${to('assets/leaf.svg')}">
<link rel="stylesheet" href="${to('assets/site.css')}">
<script>document.documentElement.dataset.theme=(()=>{try{return localStorage.getItem('theme')||'auto'}catch{return 'auto'}})()</script>
<script defer src="${to('assets/site.js')}"></script>
</head>
<body class="${isHome ? 'home' : page.section.toLowerCase()}" data-root="${to('index.html').replace(/index\.html$/, '')}">
<a class="skip" href="#content">Skip to content</a>
<header>
<button type="button" class="menu" aria-expanded="false" aria-controls="sidebar" aria-label="Menu">☰</button>
<a class="brand" href="${to('index.html')}"><img src="${to('assets/leaf.svg')}" alt="" width="22" height="22">Hornbeam</a>
<nav class="sections" aria-label="Sections">${this.sectionLinks(page)}</nav>
<button type="button" class="search" aria-haspopup="dialog"><span>Search</span><kbd>/</kbd></button>
<button type="button" class="theme" aria-label="Colours: as the system has them">◐</button>
</header>
<div class="frame">
<nav id="sidebar" class="sidebar" aria-label="Pages"><div class="sections-in-menu">${this.sectionLinks(page)}</div>${isHome ? '' : this.sideBar(page)}</nav>
<main id="content" tabindex="-1">
${html}
${isHome ? '' : this.neighbours(page)}
<footer>Hornbeam ${this.version}, Apache-2.0.</footer>
</main>
${contents.length > 1 && !isHome ? `<nav class="contents" aria-label="On this page"><p>On this page</p><ul>${contents.map(({ level, id, text }) => `<li class="level-${level}"><a href="#${id}">${escapeHtml(text)}</a></li>`).join('')}</ul></nav>` : ''}
</div>
<dialog class="finder" aria-label="Search"><form method="dialog"><input type="text" enterkeyhint="search" placeholder="Search names, Keras's names, guides" aria-label="Search" autocomplete="off" spellcheck="false"><button aria-label="Close">✕</button></form><ol aria-label="Results"></ol><p class="none" role="status"></p></dialog>
</body>
</html>
`;
  }

  private sectionLinks(page: Page): string {
    return sections
      .map((section) => {
        const current = section === page.section && page.url !== 'index.html' ? ' aria-current="true"' : '';
        return `<a href="${wayTo(homes[section], page.url)}"${current}>${section}</a>`;
      })
      .join('');
  }

  private sideBar(page: Page): string {
    return page.section === 'Reference' ? this.referenceBar(page) : this.documentBar(page);
  }
  private link(url: string, name: string, page: Page): string {
    const current = url === page.url ? ' aria-current="page"' : '';
    return `<li><a href="${wayTo(url, page.url)}"${current}>${escapeHtml(name)}</a></li>`;
  }
  private documentBar(page: Page): string {
    return [...this.groups]
      .filter(([key]) => key.startsWith(`${page.section}/`))
      .map(([key, links]) => {
        const items = links.map(({ url, name }) => this.link(url, name, page)).join('');
        return `<p>${key.split('/')[1]}</p><ul>${items}</ul>`;
      })
      .join('');
  }
  /** All namespaces, and below the one in which the page is, its names. */
  private referenceBar(page: Page): string {
    const spaces = this.reference.filter(({ url }) => url.endsWith('/index.html') || url === 'reference/keras.html');
    const folder = page.url === 'reference/keras.html' ? 'reference/keras/' : page.url.replace(/[^/]*$/, '');
    const items = spaces.map(({ url, title }) => {
      const own = url === 'reference/keras.html' ? 'reference/keras/' : url.replace(/index\.html$/, '');
      const isOpen = own === folder && url !== 'reference/index.html';
      const names = isOpen
        ? this.reference.filter((each) => each.url !== url && each.url.replace(/[^/]*$/, '') === own)
        : [];
      const sorted = names
        .map((each) => ({ url: each.url, name: nameOf(each.title) }))
        .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
      const inner = isOpen ? `<ul>${sorted.map((each) => this.link(each.url, each.name, page)).join('')}</ul>` : '';
      return this.link(url, title, page).replace('</li>', `${inner}</li>`);
    });
    return `<ul class="spaces">${items.join('')}</ul>`;
  }

  private neighbours(page: Page): string {
    const all = this.documents.filter(({ section }) => section === page.section);
    const k = all.findIndex(({ url }) => url === page.url);
    if (k < 0) return '';
    const link = (to: Document | undefined, what: string): string =>
      to
        ? `<a class="${what}" href="${wayTo(to.url, page.url)}"><span>${what === 'before' ? 'Before' : 'Next'}</span>${escapeHtml(to.name)}</a>`
        : '<span></span>';
    return `<nav class="neighbours" aria-label="Before and after">${link(all[k - 1], 'before')}${link(all[k + 1], 'after')}</nav>`;
  }
}
