import { fail, type Named } from '../../../base/errors.ts';

interface NodeFiles {
  existsSync(path: string): boolean;
  readFileSync(path: string, encoding: 'utf8'): string;
}
interface WithModules {
  readonly process?: { getBuiltinModule?(name: string): unknown };
}

/** The lines of a text as Python's `splitlines` has them. */
export function linesOf(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: Python ends lines at these too
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The lines of a vocabulary file, one token each. Files can be read in Node only. */
export function readVocabulary(who: Named, path: string): string[] {
  const files = (globalThis as WithModules).process?.getBuiltinModule?.('node:fs') as NodeFiles | undefined;
  if (!files)
    return fail(
      who,
      `the vocabulary file ${path} cannot be read here`,
      'load it with fetch() in a page, and give the list of its lines',
    );
  if (!files.existsSync(path)) fail(who, `there is no vocabulary file ${path}`, 'check the path');
  const lines = files.readFileSync(path, 'utf8').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
