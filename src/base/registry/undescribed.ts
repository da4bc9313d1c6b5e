import { optionToDisk } from '../case.ts';
import { fail } from '../errors.ts';
import { type Config, isOwnClass } from './serialize.ts';

/**
 * Refuses a config that lacks options of an object's class: those that its constructor takes and no `getConfig` of the class
 * reports. Only the constructor has seen their values. `base` names the options that every class of the kind has.
 */
export function refuseUndescribed(
  object: { readonly className: string; readonly name?: string },
  config: Config,
  base: readonly string[],
): void {
  const who = object.name === undefined ? object.className : `${object.className} "${object.name}"`;
  const known = new Set<string>([...Object.keys(config), ...base.map(optionToDisk)]);
  for (
    let at: object = Object.getPrototypeOf(object);
    !Object.hasOwn(at, 'getConfig');
    at = Object.getPrototypeOf(at)
  ) {
    if (isOwnClass(at.constructor)) return;
    const { names, isByPosition } = takenBy(at.constructor);
    if (isByPosition)
      fail(
        who,
        `its class has no getConfig(), and its constructor takes ${names.join(', ')} by position: files cannot tell them`,
        `let it take one object, constructor({ ${names.join(', ')}, ...options }), and let getConfig() give what it was given`,
      );
    const missing = names.filter((name) => !known.has(name) && !known.has(optionToDisk(name)));
    if (missing.length > 0)
      fail(
        who,
        `its class has no getConfig(), which would tell the ${missing.join(', ')} that its constructor was given`,
        `write one: getConfig() { return { ...super.getConfig(), ${missing.map((name) => `${name}: this.${name}`).join(', ')} }; }`,
      );
  }
}

interface Taken {
  readonly names: readonly string[];
  /** Whether these are arguments, and not options in one object. */
  readonly isByPosition: boolean;
}
const known = new WeakMap<Function, Taken>();
function takenBy(type: Function): Taken {
  const found = known.get(type) ?? read(bare(Function.prototype.toString.call(type)));
  known.set(type, found);
  return found;
}

/**
 * What a constructor takes, by its text: a, b and c of `constructor({ a, b = 1, c: { d }, ...rest })`, also where the object is
 * taken apart in the body or asked for `options.a`; or two arguments and more.
 */
function read(source: string): Taken {
  const [, text] = /\bconstructor\s*\(([\s\S]*)/.exec(source) ?? [];
  if (text === undefined) return { names: [], isByPosition: false };
  const parameters = partsOf(text);
  const [first] = parameters.filter((part) => part.trim() !== '');
  if (first === undefined) return { names: [], isByPosition: false };
  const needed = parameters.filter((part) => /^\s*[\w$]+\s*$/.test(part)).map((part) => part.trim());
  if (needed.length > 1) return { names: needed, isByPosition: true };
  if (/^\s*\{/.test(first)) return { names: namesIn(first), isByPosition: false };
  const name = /^\s*([\w$]+)/.exec(first)?.[1];
  if (name === undefined) return { names: [], isByPosition: false };
  const word = name.replaceAll('$', '\\$');
  const body = bodyOf(text.slice(parameters.join(',').length));
  const apart = [...body.matchAll(new RegExp(`(\\{[^{}]*\\})\\s*=\\s*${word}\\s*[;,\\n]`, 'g'))];
  const asked = [...body.matchAll(new RegExp(`(?<![\\w$.])${word}\\??\\.([\\w$]+)`, 'g'))];
  const names = [...apart.flatMap(([, pattern]) => namesIn(pattern)), ...asked.map(([, option]) => option)];
  return { names: [...new Set(names)], isByPosition: false };
}
/** The names in `{ a, b = 1, c: { d }, ...rest }`: a, b, c. */
const namesIn = (pattern: string): string[] =>
  partsOf(/^\s*\{([\s\S]*)/.exec(pattern)![1]).flatMap((part) => /^\s*([\w$]+)/.exec(part)?.[1] ?? []);
/** What stands between the commas of a list, up to its closing bracket. */
function partsOf(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const c of list) {
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c) && depth-- === 0) break;
    if (c === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts;
}
/** The text up to the bracket that closes the first one. */
function bodyOf(text: string): string {
  const from = text.indexOf('{');
  return from < 0 ? '' : partsOf(text.slice(from + 1)).join(',');
}
/** The source without comments and the contents of strings. */
const bare = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (found) =>
    found.startsWith('/') ? '' : "''",
  );
