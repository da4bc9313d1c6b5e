import { Worker as NodeWorker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Heap } from '../host/heap.ts';
import { ThreadPool } from '../host/threads.ts';
import { barrier } from './barrier.ts';
import { ModuleBuilder, op } from './encoder/index.ts';

// A page: its own workers, and a main thread that must not block.
vi.mock('../host/platform.ts', () => ({ isNode: () => false, platform: () => ({ threads: true, mayBlock: false }) }));

/** What a page offers, played by a worker thread in which `require` is hidden and `onmessage` is global. */
class PageWorker {
  private readonly worker: NodeWorker;
  constructor(source: string) {
    const shell = `
      const { parentPort } = require('node:worker_threads');
      let handler;
      Object.defineProperty(globalThis, 'onmessage', { set(value) { handler = value; } });
      parentPort.on('message', (data) => handler({ data }));
      (function (require) { ${source} })();`;
    this.worker = new NodeWorker(shell, { eval: true, execArgv: [] });
    this.worker.unref();
  }
  postMessage(message: unknown): void {
    this.worker.postMessage(message);
  }
  terminate(): void {
    void this.worker.terminate();
  }
}

describe('the thread pool in a page', () => {
  const heap = new Heap({ shared: true });
  const pool = new ThreadPool(heap, 2);
  beforeAll(() => {
    vi.stubGlobal('Worker', PageWorker);
    vi.stubGlobal(
      'Blob',
      class {
        readonly text: string;
        constructor(parts: string[]) {
          this.text = parts.join('');
        }
      },
    );
    vi.stubGlobal('URL', { createObjectURL: (blob: { text: string }) => blob.text, revokeObjectURL: () => {} });
  });
  afterAll(() => {
    pool.close();
    vi.unstubAllGlobals();
  });

  it('uses one thread until the others have started, then all of them', async () => {
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', heap.limits);
    const f = module.func('step', ['i32', 'i32', 'i32']);
    const [index, count, address] = f.params as [never, never, never];
    f.call(barrier(module), index, count);
    f.store('i32.store', op('i32.add', address, op('i32.shl', index, 2)), op('i32.add', index, 5));
    f.call(barrier(module), index, count);
    module.export('step', f);
    const address0 = heap.allocate(64);
    heap.int32(address0, 2).fill(0);
    const early = pool.load(new WebAssembly.Module(module.build()));
    expect(pool.threadCount).toBe(1);
    pool.run(early, 'step', [address0]);
    expect([...heap.int32(address0, 2)]).toEqual([5, 0]);
    await pool.start();
    expect(pool.threadCount).toBe(2);
    const late = pool.load(new WebAssembly.Module(module.build()));
    for (const id of [early, late]) {
      heap.int32(address0, 2).fill(0);
      for (let turn = 0; turn < 100; turn++) pool.run(id, 'step', [address0]);
      expect([...heap.int32(address0, 2)]).toEqual([5, 6]);
    }
  });
});
