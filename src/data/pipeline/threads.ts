import { fail } from '../../base/errors.ts';
import { hasFiles, nodeModules } from '../../formats/node-modules.ts';

/** A function exported by a module, so that other threads can find it. */
export interface ModuleFunction {
  /** The module: `new URL('./augment.js', import.meta.url)`, or in Node a path. */
  readonly module: URL | string;
  /** The name under which it exports the function; `'default'` when absent. */
  readonly name?: string | undefined;
}
/** The symbol under which a function of ours lists buffers of its result to be transferred rather than copied. */
export const moved = 'hornbeam.moved';

/** The program of a thread, as text, so that it starts without a file in Node and in pages alike. */
const source = `
const port = typeof self === 'undefined' ? require('node:worker_threads').parentPort : self;
const listen = (f) => port.on ? port.on('message', f) : port.addEventListener('message', (event) => f(event.data));
let loaded;
listen(async ({ id, parts, module, name }) => {
  if (module) {
    loaded = import(module).then((found) => {
      if (typeof found[name] !== 'function') throw new Error('the module exports no function "' + name + '", but ' + Object.keys(found).join(', '));
      return found[name];
    });
    loaded.catch(() => {});
    return;
  }
  try {
    const result = await (await loaded)(...parts);
    port.postMessage({ id, result }, (result && result[Symbol.for('${moved}')]) || []);
  } catch (error) {
    port.postMessage({ id, error: String(error && error.stack || error) });
  }
});`;

interface Thread {
  post(message: object, move: ArrayBuffer[]): void;
  /** Whether it keeps the process alive. */
  hold(isHeld: boolean): void;
  end(): void;
}
interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}
function start(answer: (given: Answer) => void, broken: (problem: string) => void): Thread {
  if (hasFiles()) {
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    const worker = new Worker(source, { eval: true });
    worker.on('message', answer).on('error', (error) => broken(String(error)));
    worker.unref();
    return {
      post: (message, move) => worker.postMessage(message, move),
      hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
      end: () => void worker.terminate(),
    };
  }
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = ({ data }: MessageEvent<Answer>) => answer(data);
  worker.onerror = ({ message }) => broken(message);
  return {
    post: (message, move) => worker.postMessage(message, move),
    hold: () => {},
    end: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
  };
}

/** Milliseconds after which idle threads end; the next call starts them again. */
const patience = 20_000;

/**
 * Threads that call a module's function, started by the first call and kept while calls come. Idle ones do not keep the
 * process alive.
 */
export class Threads {
  private threads: { readonly thread: Thread; waiting: number }[] = [];
  private readonly calls = new Map<number, { resolve(result: unknown): void; reject(error: unknown): void }>();
  private readonly who: string;
  private readonly start: () => Thread;
  private readonly count: number;
  private called = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ module, name = 'default' }: ModuleFunction, count: number) {
    this.who = `the function "${name}" of ${module}`;
    this.count = count;
    this.start = () => {
      const thread = start(
        ({ id, result, error }) => {
          const call = this.calls.get(id);
          if (error === undefined) call?.resolve(result);
          else call?.reject(this.failure(error));
        },
        (problem) => {
          for (const { reject } of this.calls.values()) reject(this.failure(problem));
          this.end();
        },
      );
      thread.post({ module: addressOf(module), name }, []);
      return thread;
    };
  }
  private failure(problem: string): unknown {
    try {
      return fail(this.who, `it failed in its thread: ${problem}`, 'mend the function; it takes and gives plain data');
    } catch (error) {
      return error;
    }
  }
  /** Calls the function with plain data; buffers in `move` are transferred to the thread. */
  async call(parts: readonly unknown[], move: ArrayBuffer[] = []): Promise<unknown> {
    clearTimeout(this.timer);
    if (this.threads.length === 0)
      this.threads = Array.from({ length: this.count }, () => ({ thread: this.start(), waiting: 0 }));
    const chosen = this.threads.reduce((a, b) => (b.waiting < a.waiting ? b : a));
    if (chosen.waiting++ === 0) chosen.thread.hold(true);
    const id = this.called++;
    try {
      return await new Promise((resolve, reject) => {
        this.calls.set(id, { resolve, reject });
        chosen.thread.post({ id, parts }, move);
      });
    } finally {
      this.calls.delete(id);
      if (--chosen.waiting === 0) chosen.thread.hold(false);
      if (this.calls.size === 0) this.rest();
    }
  }
  /** Abandons running calls: they no longer keep the process alive, and the threads end unless called again. */
  rest(): void {
    for (const { thread } of this.threads) thread.hold(false);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.end(), patience);
    // Node's timers can be unreferenced; a page's are plain numbers.
    if (typeof this.timer === 'object') this.timer.unref();
  }
  end(): void {
    clearTimeout(this.timer);
    for (const { thread } of this.threads) thread.end();
    this.threads = [];
  }
}

function addressOf(module: URL | string): string {
  if (module instanceof URL || /^[a-z]{2,}:/i.test(module)) return String(module);
  if (!hasFiles()) return new URL(module, location.href).href;
  const { url, path } = nodeModules('Dataset.map', 'give a URL');
  return url.pathToFileURL(path.resolve(module)).href;
}
