import { originOf } from '../base/origin.ts';

/**
 * The line of the user's code that made an object, as `train.mjs:12:9`: the innermost that is no part of this library, below
 * the working folder where it lies there. Undefined where none is known, as for layers of a file, or in a bundled page.
 */
export function madeAt(made: object): string | undefined {
  const own = folderOf(new Error().stack ?? '');
  const stack = originOf(made);
  if (!own || !stack) return undefined;
  for (const line of stack.split('\n')) {
    const place = placeIn(line);
    if (!place || place.startsWith(own) || place.startsWith('node:') || /\/node_modules\//.test(place)) continue;
    // What goes on after an `await` is not the code that made it.
    if (/^\s*at async /.test(line)) return undefined;
    const here = globalThis.process?.cwd?.();
    return here && place.startsWith(`${here}/`) ? place.slice(here.length + 1) : place;
  }
  return undefined;
}

/** The `file:line:column` of a frame. */
const placeIn = (line: string): string | undefined =>
  /\(?((?:file:\/\/|node:|\w:\\|\/)[^()]*:\d+:\d+)\)?$/
    .exec(line)?.[1]
    ?.replace(/^file:\/\//, '')
    .replaceAll('\\', '/');
/** The folder of the library, of which this file is. */
function folderOf(stack: string): string | undefined {
  const place = stack
    .split('\n')
    .map(placeIn)
    .find((found) => found !== undefined);
  return place?.replace(/(studio\/)?[^/]*$/, '');
}
