/** Whether this is Node (or something with Node's modules) and not a page. */
export function isNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined;
}

/** What this environment allows threads to do. */
export interface Platform {
  /** Threads are available and can share memory. */
  readonly threads: boolean;
  /** `Atomics.wait` may block this thread (not on a page's main thread). */
  readonly mayBlock: boolean;
}

let known: Platform | undefined;

/** Probed once. */
export const platform = (): Platform => (known ??= { threads: hasThreads(), mayBlock: mayBlock() });

function hasThreads(): boolean {
  if (typeof SharedArrayBuffer === 'undefined' || typeof Atomics === 'undefined') return false;
  if (isNode()) return true;
  return (
    typeof Worker !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === true
  );
}

function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1);
    return true;
  } catch {
    return false;
  }
}
