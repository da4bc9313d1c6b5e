import { fail } from '../../base/errors.ts';

/** The optional package through which functions of C are called; where it cannot be loaded, says what would help. */
export function loadKoffi<Koffi>(who: string, cure: string): Koffi {
  try {
    // Not by `import`, which bundlers would follow: only those who ask for what stands on it want the package.
    const { createRequire } = process.getBuiltinModule('node:module');
    return createRequire(import.meta.url)('koffi') as Koffi;
  } catch (error) {
    return fail(who, `the package "koffi" could not be loaded (${(error as Error).message.split('\n')[0]})`, cure);
  }
}
