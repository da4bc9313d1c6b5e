import { fail } from '../base/errors.ts';

/** Refuses paths that could lead out of the folder they belong to, on any system. */
export function checkRelativePath(who: string, path: string): void {
  const parts = path.split('/');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
  if (/[\\\u0000-\u001f]|^[A-Za-z]:/.test(path) || parts.some((part) => ['', '.', '..', '__proto__'].includes(part)))
    fail(who, `holds a file called ${JSON.stringify(path)}, no plain relative path`, 'do not trust this file');
}
