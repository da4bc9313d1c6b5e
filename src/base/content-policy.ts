import { fail } from './errors.ts';

/** The messages of engines that are not allowed to compile WebAssembly: Chromium, Firefox, Safari; Node and others. */
const refusal = /Content Security Policy|blocked by CSP|unsafe-eval|disallowed by embedder/i;

/**
 * Runs a function that compiles WebAssembly. If the page's content security policy forbids it, the engine's error is
 * replaced by one that names the directive.
 */
export function compiling<R>(who: string, f: () => R): R {
  try {
    const made = f();
    return made instanceof Promise ? (made.catch((error) => explain(who, error)) as R) : made;
  } catch (error) {
    return explain(who, error);
  }
}

function explain(who: string, error: unknown): never {
  if (!(error instanceof Error) || !refusal.test(error.message)) throw error;
  return fail(
    who,
    `compiling WebAssembly is forbidden here (${error.message.split('\n')[0]})`,
    "allow it in the page's content security policy: add 'wasm-unsafe-eval' to its directive script-src (and worker-src blob: for threads), or compute on config.setDevice('reference')",
  );
}
