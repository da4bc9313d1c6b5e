import { fail } from './errors.ts';

/** What engines say when they are not allowed to compile WebAssembly: Chromium, Firefox, Safari; Node and its kin. */
const refusal = /Content Security Policy|blocked by CSP|unsafe-eval|disallowed by embedder/i;

/**
 * Runs what compiles WebAssembly. Where the page's content security policy forbids that, engines raise an error of theirs: it
 * becomes ours, which names the directive.
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
