import type { DType, TypedArray } from '../../base/dtype.ts';
import { fail } from '../../base/errors.ts';
import { isPlainObject, mapTree, type Tree } from '../../base/tree.ts';
import { hasFiles, nodeModules } from '../../formats/node-modules.ts';
import { Tensor, tensor } from '../../tensor/index.ts';

/** A function that a module exports: what runs in other threads must be found there. */
export interface ModuleFunction {
  /** The module: `new URL('./augment.js', import.meta.url)`, or in Node a path. */
  readonly module: URL | string;
  /** The name under which it exports the function; `'default'` when absent. */
  readonly name?: string | undefined;
}
/** A tensor of numbers as functions in other threads take and give it. */
export interface PlainTensor {
  /** The elements, row by row. */
  readonly data: TypedArray;
  readonly shape: readonly number[];
  /** Said of what is given to a function; of a result it may be absent. */
  readonly dtype?: DType;
}

/** What a thread runs, as text: it starts without a file, in Node and in pages alike. */
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
    port.postMessage({ id, result: await (await loaded)(...parts) });
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

/** Threads that call a module's function, for as long as a round lasts. */
export class Threads {
  private readonly threads: { readonly thread: Thread; waiting: number }[];
  private readonly calls = new Map<number, { resolve(result: unknown): void; reject(error: unknown): void }>();
  private readonly who: string;
  private called = 0;

  constructor({ module, name = 'default' }: ModuleFunction, count: number) {
    this.who = `the function "${name}" of ${module}`;
    this.threads = Array.from({ length: count }, () => ({ thread: this.start(addressOf(module), name), waiting: 0 }));
  }
  private start(module: string, name: string): Thread {
    const thread = start(
      ({ id, result, error }) => {
        const call = this.calls.get(id);
        if (error === undefined) call?.resolve(result);
        else call?.reject(this.failure(error));
      },
      (problem) => {
        for (const { reject } of this.calls.values()) reject(this.failure(problem));
      },
    );
    thread.post({ module, name }, []);
    return thread;
  }
  private failure(problem: string): unknown {
    try {
      return fail(this.who, `it failed in its thread: ${problem}`, 'mend the function; it takes and gives plain data');
    } catch (error) {
      return error;
    }
  }
  /** Calls the function with an element's parts. */
  async call(parts: readonly unknown[]): Promise<unknown> {
    const move: ArrayBuffer[] = [];
    const message = { id: this.called++, parts: await Promise.all(parts.map((part) => plain(part, move))) };
    const chosen = this.threads.reduce((a, b) => (b.waiting < a.waiting ? b : a));
    if (chosen.waiting++ === 0) chosen.thread.hold(true);
    try {
      const result = await new Promise((resolve, reject) => {
        this.calls.set(message.id, { resolve, reject });
        chosen.thread.post(message, move);
      });
      return tensors(result);
    } finally {
      this.calls.delete(message.id);
      if (--chosen.waiting === 0) chosen.thread.hold(false);
    }
  }
  end(): void {
    for (const { thread } of this.threads) thread.end();
  }
}

function addressOf(module: URL | string): string {
  if (module instanceof URL || /^[a-z]{2,}:/i.test(module)) return String(module);
  if (!hasFiles()) return new URL(module, location.href).href;
  const { url, path } = nodeModules('map', 'give a URL');
  return url.pathToFileURL(path.resolve(module)).href;
}

/** A part of an element as it crosses to another thread: numbers with their shape, strings as they are. */
async function plain(part: unknown, move: ArrayBuffer[]): Promise<unknown> {
  const waits: Promise<unknown>[] = [];
  const found: unknown[] = [];
  const form = mapTree(part as Tree<Tensor>, (leaf) => {
    const k = waits.length;
    waits.push(
      (async () => {
        if (!(leaf instanceof Tensor)) fail('map', 'an element holds a pipeline', 'use flatMap first');
        if (leaf.strings) return leaf.shape.length === 0 ? leaf.strings[0] : leaf.array();
        // A view of a large array would take all of it along.
        const data = (await leaf.data()).slice();
        move.push(data.buffer as ArrayBuffer);
        return { data, shape: leaf.shape, dtype: leaf.dtype };
      })(),
    );
    return k;
  });
  found.push(...(await Promise.all(waits)));
  return mapTree(form, (k: number) => found[k]);
}
const isTensor = (x: object): x is PlainTensor =>
  'data' in x && ArrayBuffer.isView(x.data) && 'shape' in x && Array.isArray(x.shape);
/** What a function gave, with tensors where it says shapes. */
function tensors(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(tensors);
  if (!isPlainObject(given)) return given;
  if (isTensor(given)) return tensor(given.data, { shape: given.shape, dtype: given.dtype });
  return Object.fromEntries(Object.entries(given).map(([key, x]) => [key, tensors(x)]));
}
