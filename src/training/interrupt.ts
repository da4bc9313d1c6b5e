/** Lets timers, signals and finalizers run now and then, at almost no cost. */
let last = 0;
export async function breathe(): Promise<void> {
  const now = performance.now();
  if (now - last < 20) return;
  last = now;
  await new Promise<void>((resolve) => {
    if (typeof setImmediate === 'function') return void setImmediate(resolve);
    // Pages delay timers by 4 ms, but not messages.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/**
 * While `f` runs, the first Ctrl-C only asks it to stop, so that the current step is finished and files stay intact;
 * the second ends the process as usual.
 */
export async function withInterrupt<R>(ask: () => void, f: () => Promise<R>): Promise<R> {
  if (typeof process === 'undefined' || typeof process.once !== 'function') return f();
  process.once('SIGINT', ask);
  try {
    return await f();
  } finally {
    process.removeListener('SIGINT', ask);
  }
}
