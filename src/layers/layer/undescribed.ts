import { optionToDisk } from '../../base/case.ts';
import { fail } from '../../base/errors.ts';
import { type Config, isOwnClass } from '../../base/registry/serialize.ts';
import type { AnyLayer } from './layer.ts';
import { baseOptions } from './layer-options.ts';

/**
 * Refuses a config that lacks options of the layer's class: those that its constructor destructures from the options
 * object and no `getConfig` of the class reports. Only the constructor has seen their values.
 */
export function refuseUndescribed(layer: AnyLayer, config: Config): void {
  const known = new Set<string>([...Object.keys(config), ...baseOptions.map(optionToDisk)]);
  for (let at: object = Object.getPrototypeOf(layer); !Object.hasOwn(at, 'getConfig'); at = Object.getPrototypeOf(at)) {
    if (isOwnClass(at.constructor)) return;
    const missing = optionsTakenBy(at.constructor).filter((name) => !known.has(name) && !known.has(optionToDisk(name)));
    if (missing.length > 0)
      fail(
        layer,
        `its class has no getConfig(), which would tell the ${missing.join(', ')} that its constructor was given`,
        `write one: getConfig() { return { ...super.getConfig(), ${missing.map((name) => `${name}: this.${name}`).join(', ')} }; }`,
      );
  }
}

const taken = new WeakMap<Function, readonly string[]>();
function optionsTakenBy(type: Function): readonly string[] {
  const found = taken.get(type) ?? destructured(Function.prototype.toString.call(type));
  taken.set(type, found);
  return found;
}

/** The names in `constructor({ a, b = 1, c: { d }, ...rest })`: a, b, c. */
function destructured(source: string): string[] {
  const [, text] = /\bconstructor\s*\(([\s\S]*)/.exec(bare(source)) ?? [];
  const options = /^\s*\{([\s\S]*)/.exec(text ?? '')?.[1];
  if (options === undefined) return [];
  const parts = [''];
  let depth = 0;
  for (const c of options) {
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c) && depth-- === 0) break;
    if (c === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts.flatMap((part) => /^\s*([\w$]+)/.exec(part)?.[1] ?? []);
}
/** The source without comments and the contents of strings. */
const bare = (source: string): string =>
  source.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (found) =>
    found.startsWith('/') ? '' : "''",
  );
