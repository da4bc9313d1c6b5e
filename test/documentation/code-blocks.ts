import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const read = (path: string): string => readFileSync(`${root}/${path}`, 'utf8');

/** A piece of code in the documentation. */
export interface CodeBlock {
  /** File and line where it begins. */
  readonly place: string;
  readonly language: string;
  readonly code: string;
  /** What the text around it takes for granted, as code: `<!-- given: … -->` before the block. */
  readonly given: string;
  /** Why it cannot be run here, where that is so: `<!-- not run: … -->` before the block. */
  readonly notRun: string | undefined;
  /** Whether it is what the block before it prints: `<!-- printed -->`. */
  readonly isPrinted: boolean;
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'DESIGN.md',
  'CHANGELOG.md',
  ...['docs', 'website/pages'].flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `${folder}/${file}`),
  ),
  ...['examples', 'bench'].flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('README.md'))
      .map((file) => `${folder}/${file}`),
  ),
].filter((file) => existsSync(`${root}/${file}`));

/** All fenced blocks of a page. */
function blocksOf(page: string): CodeBlock[] {
  const text = read(page);
  const fences = text.matchAll(/((?:<!--(?:(?!-->).)*-->\s*)*)^( *)```(\w*)[^\n]*\n(.*?)\n\2```$/gmsu);
  return [...fences].map(({ index, 0: whole, 1: comments = '', 3: language = '', 4: code = '' }) => {
    const comment = (kind: string): string | undefined =>
      new RegExp(`<!-- ${kind}: (.*?) ?-->`, 's').exec(comments)?.[1];
    return {
      place: `${page}:${text.slice(0, index + whole.indexOf('```')).split('\n').length}`,
      language,
      code,
      given: comment('given') ?? '',
      notRun: comment('not run'),
      isPrinted: comments.includes('<!-- printed -->'),
    };
  });
}
export const blocks: readonly CodeBlock[] = pages.flatMap(blocksOf);

/** The TypeScript or JavaScript of a block; of a page, that of its scripts. */
export function scriptOf({ language, code }: CodeBlock): string | undefined {
  if (language === 'ts' || language === 'js') return code;
  if (language !== 'html') return undefined;
  const scripts = [...code.matchAll(/<script type="module">(.*?)<\/script>/gs)].map(([, script]) => script!);
  return scripts.length > 0 ? scripts.join('\n') : undefined;
}

/** An `@example` of a doc comment. */
export interface Example {
  readonly file: string;
  readonly code: string;
  /** What it gives, where that is written behind it. */
  readonly result: string | undefined;
}

/** All `@example`s of the library: one line each. */
export const examples: readonly Example[] = readdirSync(`${root}/src`, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .flatMap((file) =>
    [...read(`src/${file}`).matchAll(/@example ([^\n]+)/g)].map(([, line]) => {
      const text = line!.replace(/\s*(?:@see .*)?(?:\*\/.*)?$/, '');
      const at = text.indexOf(' // ');
      return at < 0
        ? { file, code: text, result: undefined }
        : { file, code: text.slice(0, at), result: text.slice(at + 4) };
    }),
  );
