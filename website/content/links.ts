import { existsSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import { wayTo } from './page.ts';

/** A link or a picture, in whose text code may stand; or code, in which nothing is a link. */
const linkOrCode = /(!?)(\[(?:`[^`\n]*`|[^\][`]|\[[^\]]*\])*\])\(([^)\s]+)\)|`[^`\n]*`/g;

/** What the links of a file of the repository become on its page. */
export class Links {
  /** Files that have a page, with its URL. */
  readonly pages: ReadonlyMap<string, string>;
  /** Pictures that pages show, and files of code that they link to: from where to where. */
  readonly pictures = new Map<string, string>();
  readonly sources = new Set<string>();
  /** Examples that run in a page. */
  readonly live = new Set<string>();
  /** Links that lead nowhere. */
  readonly broken: string[] = [];
  private readonly root: string;

  constructor(root: string, pages: ReadonlyMap<string, string>) {
    this.root = root;
    this.pages = pages;
  }

  /** The place of a file's code in the site; of several files, that of the first that is there. */
  sourceUrl(...files: readonly string[]): string {
    const file = files.find((each) => existsSync(`${this.root}/${each}`)) ?? files[0]!;
    this.sources.add(file);
    return `source/${file}.html`;
  }
  /** The page in which an example runs, where it is made for one. */
  liveUrl(example: string): string | undefined {
    if (!existsSync(`${this.root}/examples/${example}/index.html`)) return undefined;
    this.live.add(example);
    return `live/${example}/index.html`;
  }
  /** The place of a picture in the site. */
  pictureUrl(file: string): string {
    const place = `pictures/${file.replaceAll('/pictures/', '/')}`;
    this.pictures.set(file, place);
    return place;
  }

  /** Markdown whose links lead to places of the site; what stands in code is left alone. */
  rewrite(markdown: string, file: string, url: string): string {
    return markdown
      .split(/(^ *```[\s\S]*?^ *```$)/m)
      .map((part, k) => (k % 2 === 1 ? part : part.replace(linkOrCode, (...found) => this.anew(found, file, url))))
      .join('');
  }

  private anew([whole, picture, text, target]: readonly string[], file: string, url: string): string {
    if (target === undefined) return whole!;
    const shown = /!\[/.test(text!) ? `[${this.rewrite(text!.slice(1, -1), file, url)}]` : text!;
    return `${picture}${shown}(${this.resolve(target, file, url, picture !== '')})`;
  }

  private resolve(target: string, file: string, url: string, isPicture: boolean): string {
    if (/^(?:https?|mailto):/.test(target)) return target;
    const [path = '', anchor] = target.split('#');
    const hash = anchor === undefined ? '' : `#${anchor}`;
    if (path === '') return hash;
    // What no file of the repository is made into (the reference, pictures that code draws) is named from the site's root.
    if (path.startsWith('/')) return wayTo(path.slice(1) + hash, url);
    const found = posix.normalize(posix.join(posix.dirname(file), path)).replace(/\/$/, '');
    if (isPicture) {
      if (!existsSync(`${this.root}/${found}`)) this.broken.push(`${file}: ${target}`);
      return wayTo(this.pictureUrl(found), url);
    }
    const page = this.pages.get(found) ?? this.pages.get(`${found}/README.md`);
    if (page !== undefined) return wayTo(page + hash, url);
    const named = `${this.root}/${found}`;
    if (!existsSync(named)) {
      this.broken.push(`${file}: ${target}`);
      return '#';
    }
    if (statSync(named).isDirectory()) return wayTo(this.sourceUrl(`${found}/`), url);
    return wayTo(this.sourceUrl(found), url);
  }
}
