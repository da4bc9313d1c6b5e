/**
 * Threads that run a function of a WebAssembly module together, over one shared memory.
 *
 * ```ts
 * const pool = new ThreadPool(heap, availableThreads());   // starts nothing yet
 * await pool.start();                               // in a page; in Node the first load starts the threads by itself
 * const id = pool.load(new WebAssembly.Module(bytes));
 * pool.run(id, 'step', [x, y]);                     // step(threadIndex, threadCount, x, y) on each thread; blocks
 * pool.unload(id);
 * pool.close();
 * ```
 *
 * Thread 0 is the caller. Modules import the memory as `env.memory` and may import `env.look` for their barriers;
 * `barrier(module)` (barrier.ts) is the function with which threads wait for each other. A trap in any thread ends the
 * whole run with an error.
 *
 * A thread that has died (killed, out of memory) ends a run with an error too. Node reports the end of a thread only
 * once the caller's event loop has turned since its start; before that, a dead thread is recognised by never starting
 * its job. Nobody checks while the caller computes: it does so after waiting for `patience`, at the end or at a
 * barrier.
 */
import { fail } from '../../base/errors.ts';
import type { Heap } from './heap.ts';
import { control, heapBase, maxArgs, maxMessage, maxThreads } from './layout.ts';
import { isNode, platform } from './platform.ts';
import { startWorkers, type WorkerHandle } from './workers.ts';

type Entry = (...args: number[]) => unknown;

interface Loaded {
  readonly instance: WebAssembly.Instance;
  /** Names of the exports; workers know them by number. */
  readonly names: readonly string[];
}

/** Milliseconds after which a waiting thread checks whether the others are still alive. */
const patience = 200;
/** Milliseconds allowed for threads to start. */
const startTime = 30_000;
/** Microseconds the caller polls for the others to finish before it sleeps. */
const pollTime = 100;
const at = (address: number): number => address >> 2;

/**
 * The number of threads on this machine: one per core, at most 16; 1 if memory cannot be shared. In Node, the
 * environment variable HORNBEAM_THREADS sets another number; it is read once, when the device is first used.
 */
export function availableThreads(): number {
  if (!platform().threads) {
    sayWhyOne(
      'this page is not cross-origin isolated',
      'serve it over HTTPS (or from localhost) with the headers "Cross-Origin-Opener-Policy: same-origin" and ' +
        '"Cross-Origin-Embedder-Policy: require-corp"',
    );
    return 1;
  }
  const asked = isNode() ? process.env['HORNBEAM_THREADS'] : undefined;
  if (asked) return askedThreads(asked);
  const cores = isNode() ? process.getBuiltinModule('node:os').availableParallelism() : navigator.hardwareConcurrency;
  return Math.max(1, Math.min(16, cores || 1));
}

/** The number in HORNBEAM_THREADS. */
export function askedThreads(text: string): number {
  const count = /^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN;
  if (count >= 1 && count <= maxThreads) return count;
  return fail(
    'HORNBEAM_THREADS',
    `it is "${text}", which is no number of threads`,
    `set it to a whole number from 1 to ${maxThreads}, or leave it unset to use all cores`,
  );
}

let isSaid = false;
/** Explains once why a page uses only one core, and how to change it. */
function sayWhyOne(reason: string, fix: string): void {
  if (!isSaid) console.info(`Hornbeam runs on one thread: ${reason}. Fix: ${fix}.`);
  isSaid = true;
}

export class ThreadPool {
  /** Threads a run uses, the caller included (in a page 1 until `start` is done). */
  get threadCount(): number {
    return this.workers.length > 0 || isNode() ? this.wanted : 1;
  }
  private readonly heap: Heap;
  private wanted: number;
  private workers: WorkerHandle[] = [];
  private readonly words: Int32Array;
  private readonly args: Float64Array;
  private readonly modules = new Map<number, Loaded>();
  private readonly sources = new Map<number, WebAssembly.Module>();
  private readonly dropped: number[] = [];
  private nextId = 0;
  /** When all threads were last checked. */
  private lookedAt = 0;
  /**
   * How often a run checks a thread that has not started before it is considered dead: 10 seconds in all. Checks are
   * counted rather than time, which also passes while the whole process is suspended.
   */
  private looksToBegin = 50;
  /** Checks in this run that found a thread not started. */
  private idleLooks = 0;

  constructor(heap: Heap, threads: number) {
    this.heap = heap;
    this.wanted = heap.shared && platform().threads ? Math.max(1, Math.min(maxThreads, Math.floor(threads))) : 1;
    this.words = heap.int32(0, heapBase / 4);
    this.args = heap.float64(control.args, maxArgs);
    this.words[at(control.spinOnly)] = platform().mayBlock ? 0 : 1;
  }

  /** Starts the threads and waits, without blocking, until they are ready; a page that allows none goes on with one. */
  async start(): Promise<void> {
    if (this.wanted === 1 || this.workers.length > 0) return;
    let isRefused = false;
    const workers = startWorkers(this.heap.memory, this.wanted - 1, () => {
      isRefused = true;
    });
    while (Atomics.load(this.words, at(control.ready)) < workers.length) {
      if (isRefused) return this.stayAlone(workers);
      await new Promise((r) => setTimeout(r, 1));
    }
    this.begin(workers);
  }

  private stayAlone(workers: WorkerHandle[]): void {
    for (const worker of workers) worker.end();
    this.wanted = 1;
    sayWhyOne(
      'its workers could not be started',
      'allow "worker-src blob:" in the content security policy of the page',
    );
  }

  /** In Node, workers start even while their creator blocks. */
  private startBlocking(): void {
    const workers = startWorkers(this.heap.memory, this.wanted - 1);
    const until = performance.now() + startTime;
    for (;;) {
      const ready = Atomics.load(this.words, at(control.ready));
      if (ready >= workers.length) break;
      Atomics.wait(this.words, at(control.ready), ready, patience);
      if (workers.some((worker) => worker.isGone()) || performance.now() > until) {
        this.workers = workers;
        this.refuseDead(`${workers.length - Atomics.load(this.words, at(control.ready))} did not start`);
      }
    }
    this.begin(workers);
  }

  private begin(workers: WorkerHandle[]): void {
    this.workers = workers;
    if (this.sources.size > 0) this.tell([...this.sources]);
  }

  /** Instantiates the module on every thread; the number names it in `run`. */
  load(module: WebAssembly.Module): number {
    const id = this.nextId++;
    const instance = new WebAssembly.Instance(module, {
      env: { memory: this.heap.memory, look: () => this.look() },
    });
    this.modules.set(id, { instance, names: WebAssembly.Module.exports(module).map((entry) => entry.name) });
    if (this.wanted === 1) return id;
    this.sources.set(id, module);
    if (this.workers.length > 0) this.tell([[id, module]]);
    return id;
  }

  /** Forgets the module on every thread. */
  unload(id: number): void {
    this.modules.delete(id);
    // Workers are told with the next module that is loaded.
    if (this.sources.delete(id)) this.dropped.push(id);
  }

  /** Sends the workers to their event loops, where a message with the modules waits for them. */
  private tell(load: [id: number, module: WebAssembly.Module][]): void {
    const message = { load, drop: this.dropped.splice(0) };
    for (const worker of this.workers) worker.post(message);
    this.words[at(control.module)] = -1;
    this.launch();
    this.join();
    if (this.words[at(control.aborted)]) this.raise(undefined);
  }

  /**
   * Calls the export `name` as `name(threadIndex, threadCount, ...args)` on each thread and returns when all have
   * returned. With `threadCount` 1 no other thread is disturbed.
   */
  run(id: number, name: string, args: readonly number[] = [], threadCount = this.threadCount): void {
    const loaded = this.modules.get(id);
    const entry = loaded?.instance.exports[name] as Entry | undefined;
    if (!loaded || !entry) fail('ThreadPool', `module ${id} has no function "${name}"`, 'load the module first');
    threadCount = Math.min(threadCount, this.threadCount);
    if (threadCount === 1) {
      entry(0, 1, ...args);
      return;
    }
    if (args.length > maxArgs) {
      fail('ThreadPool', `${args.length} arguments, at most ${maxArgs} fit`, 'pass the address of a table instead');
    }
    if (this.workers.length === 0) this.startBlocking();
    const { words } = this;
    words[at(control.module)] = id;
    words[at(control.entry)] = loaded.names.indexOf(name);
    words[at(control.argCount)] = args.length;
    words[at(control.threadCount)] = threadCount;
    for (let i = 0; i < args.length; i++) this.args[i] = args[i];
    this.launch();
    let error: unknown;
    try {
      entry(0, threadCount, ...args);
    } catch (thrown) {
      error = thrown;
      this.abort();
    }
    this.join();
    if (words[at(control.aborted)]) this.raise(error);
  }

  private launch(): void {
    const { words } = this;
    // In the middle of a run hardly anything can end a thread, because whoever could is waiting for the run.
    const now = performance.now();
    const isThorough = now - this.lookedAt > patience;
    if (isThorough) this.lookedAt = now;
    if (this.workers.some((worker) => worker.hasEnded || (isThorough && worker.isGone())))
      this.refuseDead('one has ended');
    this.idleLooks = 0;
    Atomics.store(words, at(control.pending), this.workers.length);
    Atomics.add(words, at(control.job), 1);
    if (Atomics.load(words, at(control.sleepers)) > 0) Atomics.notify(words, at(control.job));
  }

  /** Waits until no worker is busy. */
  private join(): void {
    const { words } = this;
    const until = performance.now() + pollTime / 1000;
    for (;;) {
      let pending = 0;
      for (let i = 0; i < 200; i++) {
        pending = Atomics.load(words, at(control.pending));
        if (pending === 0) return;
      }
      if (!platform().mayBlock || performance.now() <= until) continue;
      const isLate = Atomics.wait(words, at(control.pending), pending, patience) === 'timed-out';
      if (isLate) this.look();
    }
  }

  /** Ends the run if a thread it is waiting for has died. */
  private look(): void {
    if (this.workers.some((worker) => worker.isGone())) this.refuseDead('one has ended');
    const job = Atomics.load(this.words, at(control.job));
    const hasBegun = (_: WorkerHandle, i: number): boolean =>
      Atomics.load(this.words, at(control.begun + 64 * (i + 1))) === job;
    if (!this.workers.every(hasBegun) && ++this.idleLooks === this.looksToBegin) this.refuseDead('one does not begin');
  }

  /** Ends all threads if some are gone, since a run would wait for them forever. The next run starts new ones. */
  private refuseDead(what: string): never {
    const { words } = this;
    this.abort();
    this.close();
    for (const address of [
      control.pending,
      control.sleepers,
      control.aborted,
      control.arrived,
      control.barrierSleepers,
    ])
      words[at(address)] = 0;
    fail(
      'wasm device',
      `of its threads ${what}: it was killed, or there was no memory for it`,
      'run again, which starts new threads; with HORNBEAM_THREADS=1 there are none',
    );
  }

  /** Makes threads waiting at a barrier trap. */
  private abort(): void {
    const { words } = this;
    if (Atomics.compareExchange(words, at(control.aborted), 0, 1) === 0) words[at(control.message)] = 0;
    Atomics.add(words, at(control.generation), 1);
    Atomics.notify(words, at(control.generation));
  }

  private raise(own: unknown): never {
    const { words } = this;
    const length = Math.min(maxMessage, words[at(control.message)]);
    const units = new Uint16Array(this.heap.memory.buffer, control.message + 4, length);
    const text = String.fromCharCode(...units);
    for (const address of [control.aborted, control.arrived, control.barrierSleepers, control.message])
      words[at(address)] = 0;
    if (length === 0 && own !== undefined) throw own;
    fail('wasm device', `a thread failed: ${text}`, 'report this with the program that was run');
  }

  /** Ends the threads. */
  close(): void {
    if (this.workers.length === 0) return;
    Atomics.store(this.words, at(control.closing), 1);
    Atomics.add(this.words, at(control.job), 1);
    Atomics.notify(this.words, at(control.job));
    this.awaitLeaving();
    for (const worker of this.workers) worker.end();
    this.workers = [];
    this.words[at(control.ready)] = 0;
    Atomics.store(this.words, at(control.closing), 0);
  }

  /** Gives the threads a moment to exit: one waking up later would decrement the counters of its successors. */
  private awaitLeaving(): void {
    const until = performance.now() + patience;
    for (;;) {
      const ready = Atomics.load(this.words, at(control.ready));
      if (ready <= 0 || performance.now() > until) return;
      if (platform().mayBlock) Atomics.wait(this.words, at(control.ready), ready, patience / 10);
    }
  }
}
