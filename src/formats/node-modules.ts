import { fail } from '../base/errors.ts';

/** The modules of Node that files take. */
export interface NodeModules {
  readonly fs: typeof import('node:fs/promises');
  readonly path: typeof import('node:path');
  readonly os: typeof import('node:os');
  readonly url: typeof import('node:url');
}

/** Whether there are files, as in Node. */
export const hasFiles = (): boolean => typeof process !== 'undefined' && process.getBuiltinModule !== undefined;

/**
 * Node's modules, or an error that says what to do in a browser. Asked for at run time, so that a bundle for the
 * browser neither holds nor looks for them.
 */
export function nodeModules(who: string, instead: string): NodeModules {
  const find = typeof process === 'undefined' ? undefined : process.getBuiltinModule;
  if (find === undefined) return fail(who, 'there is no file system here', instead);
  return {
    fs: find('node:fs/promises') as NodeModules['fs'],
    path: find('node:path') as NodeModules['path'],
    os: find('node:os') as NodeModules['os'],
    url: find('node:url') as NodeModules['url'],
  };
}
