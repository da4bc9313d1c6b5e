import MarkdownIt from 'markdown-it';
import { bundledLanguages, createHighlighter, type Highlighter } from 'shiki';
import { escapeHtml, slugOf } from '../content/page.ts';

/** A heading of a page, for the list of its contents and for the search. */
export interface Heading {
  readonly level: number;
  readonly id: string;
  readonly text: string;
}
const themes = { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } as const;
const known: Readonly<Record<string, string>> = {
  ts: 'ts',
  js: 'js',
  html: 'html',
  sh: 'sh',
  python: 'python',
  json: 'json',
};
const names: Readonly<Record<string, string>> = {
  ts: 'TypeScript',
  js: 'JavaScript',
  html: 'HTML',
  sh: 'Shell',
  python: 'Python',
};

/** Makes HTML of Markdown and colours code. */
export class Renderer {
  private readonly colours: Highlighter;
  private readonly markdown: InstanceType<typeof MarkdownIt>;

  static async make(): Promise<Renderer> {
    const langs = Object.values(known).map((name) => bundledLanguages[name as keyof typeof bundledLanguages]);
    return new Renderer(await createHighlighter({ themes: Object.values(themes), langs }));
  }
  private constructor(colours: Highlighter) {
    this.colours = colours;
    this.markdown = new MarkdownIt({ html: true, linkify: false });
    this.markdown.renderer.rules.fence = (tokens, k) => {
      const { content, info } = tokens[k]!;
      return this.code(content.replace(/\n$/, ''), info.trim().split(' ')[0]!);
    };
    this.markdown.renderer.rules.table_open = () =>
      '<div class="wide" tabindex="0" role="region" aria-label="Table"><table>';
    this.markdown.renderer.rules.table_close = () => '</table></div>';
    this.markdown.renderer.rules.th_open = (tokens, k, options, _, self) => {
      tokens[k]!.attrSet('scope', 'col');
      return self.renderToken(tokens, k, options);
    };
  }

  /** A block of code with its button; both colours stand in it, and the page's theme chooses. */
  code(text: string, language: string): string {
    const name = known[language];
    const html = name
      ? this.colours.codeToHtml(text, { lang: name, themes, defaultColor: false })
      : `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`;
    const label = names[language] ? ` data-language="${names[language]}"` : '';
    return `<div class="code"${label}>${html}</div>\n`;
  }

  /** The text of a file with coloured lines, each with an id: `L1`. */
  lines(text: string, file: string): string {
    const ending = /\.(\w+)$/.exec(file)?.[1] ?? '';
    const lang = { mjs: 'js', py: 'python' }[ending] ?? known[ending] ?? 'text';
    const html = this.colours.codeToHtml(text.replace(/\n$/, ''), {
      lang,
      themes,
      defaultColor: false,
      transformers: [{ line: (node, line) => void (node.properties['id'] = `L${line}`) }],
    });
    return `<div class="lines">${html}</div>`;
  }

  /** The body of a page; its headings get ids. */
  body(body: { readonly markdown: string } | { readonly html: string }): { html: string; headings: Heading[] } {
    const raw =
      'markdown' in body
        ? this.markdown.render(body.markdown)
        : body.html
            .replace(/<pre data-language="(\w+)">(.*?)<\/pre>/gs, (_, language: string, text: string) =>
              this.code(plain(text), language),
            )
            .replace(/<table/g, '<div class="wide" tabindex="0" role="region" aria-label="Table"><table')
            .replace(/<\/table>/g, '</table></div>');
    const headings: Heading[] = [];
    const used = new Set<string>();
    const html = raw.replace(
      /<h([1-4])(?: id="([^"]*)")?>(.*?)<\/h\1>/gs,
      (_, level: string, given: string | undefined, inner: string) => {
        const text = plain(inner.replace(/<[^>]+>/g, ''));
        let id = given ?? slugOf(text);
        for (let n = 1; used.has(id); n++) id = `${given ?? slugOf(text)}-${n}`;
        used.add(id);
        headings.push({ level: Number(level), id, text });
        const link =
          level === '1' ? '' : ` <a class="anchor" href="#${id}" aria-label="Link to “${escapeHtml(text)}”">#</a>`;
        return `<h${level} id="${id}">${inner}${link}</h${level}>`;
      },
    );
    return { html, headings };
  }
}

/** HTML's marks as characters. */
export const plain = (html: string): string =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
