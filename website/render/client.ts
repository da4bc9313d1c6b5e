import MiniSearch from 'minisearch';
import type { Found } from './search.ts';
import { searchOptions } from './search-options.ts';

const one = <E extends Element>(selector: string): E => document.querySelector<E>(selector)!;
const base = document.body.dataset['root'] ?? '';

// Colours.
const themes = ['auto', 'light', 'dark'] as const;
const themeButton = one<HTMLButtonElement>('button.theme');
function showTheme(theme: string): void {
  document.documentElement.dataset['theme'] = theme;
  themeButton.textContent = theme === 'auto' ? '◐' : theme === 'light' ? '☀' : '☾';
  themeButton.setAttribute('aria-label', `Colours: ${theme === 'auto' ? 'as the system has them' : theme}`);
}
showTheme(document.documentElement.dataset['theme'] ?? 'auto');
themeButton.addEventListener('click', () => {
  const next = themes[(themes.indexOf(document.documentElement.dataset['theme'] as 'auto') + 1) % themes.length]!;
  showTheme(next);
  try {
    localStorage.setItem('theme', next);
  } catch {
    // A page from disk may have nowhere to keep it.
  }
});

// The menu of narrow screens.
const menu = one<HTMLButtonElement>('button.menu');
const setMenu = (isOpen: boolean): void => {
  menu.setAttribute('aria-expanded', String(isOpen));
  document.body.classList.toggle('menu-open', isOpen);
};
menu.addEventListener('click', () => setMenu(menu.getAttribute('aria-expanded') !== 'true'));
addEventListener('keydown', (event) => {
  if (event.key === 'Escape') setMenu(false);
});
document.querySelector('.sidebar [aria-current="page"]')?.scrollIntoView({ block: 'center' });

// Code can be copied.
for (const block of document.querySelectorAll<HTMLElement>('.code')) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'copy';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('pre')!.textContent ?? '');
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy'), 1500);
  });
  block.append(button);
}

// The part of the page that is read is marked among its contents.
const links = new Map(
  [...document.querySelectorAll<HTMLAnchorElement>('.contents a')].map((a) => [a.hash.slice(1), a]),
);
const seen = new IntersectionObserver(
  (entries) => {
    const [top] = entries.filter(({ isIntersecting }) => isIntersecting);
    if (!top) return;
    for (const link of links.values()) link.classList.remove('here');
    links.get(top.target.id)?.classList.add('here');
  },
  { rootMargin: '-70px 0px -70% 0px' },
);
for (const id of links.keys()) {
  const heading = document.getElementById(id);
  if (heading) seen.observe(heading);
}

// Search.
const finder = one<HTMLDialogElement>('dialog.finder');
const input = one<HTMLInputElement>('.finder input');
const list = one<HTMLOListElement>('.finder ol');
const none = one<HTMLElement>('.finder .none');
let index: Promise<MiniSearch<Found>> | undefined;
const loadIndex = (): Promise<MiniSearch<Found>> =>
  (index ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = `${base}assets/search-index.js`;
    script.onload = () =>
      resolve(MiniSearch.loadJSON((globalThis as unknown as { siteIndex: string }).siteIndex, searchOptions));
    script.onerror = reject;
    document.head.append(script);
  }));

function openFinder(): void {
  setMenu(false);
  finder.showModal();
  input.select();
  void loadIndex();
}
one('button.search').addEventListener('click', openFinder);
addEventListener('keydown', (event) => {
  const isTyping = (event.target as Element).closest?.('input, textarea, select');
  if ((event.key === '/' && !isTyping) || (event.key === 'k' && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    openFinder();
  }
});
finder.addEventListener('click', (event) => {
  if (event.target === finder) finder.close();
});

/** What is called as was asked comes first: the whole path, then its last part; the rest stays in the order of its score. */
function distance(title: string, query: string): number {
  const [name, asked] = [title.toLowerCase(), query.toLowerCase().replace(/^keras\./, '')];
  return name === asked ? 0 : name.split('.').at(-1) === asked ? 1 : 2;
}
async function find(): Promise<void> {
  const query = input.value.trim();
  const all = query === '' ? [] : (await loadIndex()).search(query);
  const found = all
    .sort((a, b) => distance(String(a['title']), query) - distance(String(b['title']), query))
    .slice(0, 30);
  if (query !== input.value.trim()) return;
  none.textContent = query === '' ? '' : found.length === 0 ? `Nothing for “${query}”` : `${found.length} results`;
  list.replaceChildren(
    ...found.map(({ id, title, where }) => {
      const item = document.createElement('li');
      const link = document.createElement('a');
      link.href = base + String(id);
      const name = document.createElement('strong');
      name.textContent = String(title);
      const place = document.createElement('span');
      place.textContent = String(where);
      link.append(name, place);
      item.append(link);
      return item;
    }),
  );
}
input.addEventListener('input', () => void find());
finder.addEventListener('keydown', (event) => {
  const all = [...list.querySelectorAll<HTMLAnchorElement>('a')];
  const at = all.indexOf(document.activeElement as HTMLAnchorElement);
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    event.preventDefault();
    const next = at + (event.key === 'ArrowDown' ? 1 : -1);
    (next < 0 ? input : all[Math.min(next, all.length - 1)])?.focus();
  } else if (event.key === 'Enter' && document.activeElement === input) {
    event.preventDefault();
    all[0]?.click();
  }
});
list.addEventListener('click', () => finder.close());
