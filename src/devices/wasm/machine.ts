import { Buffers } from '../host/buffers.ts';
import { Heap } from '../host/heap.ts';
import { platform } from '../host/platform.ts';
import { availableThreads, ThreadPool } from '../host/threads.ts';

/** What all programs of a device share: its memory and threads. */
export class Machine extends Buffers {
  readonly heap: Heap;
  readonly pool: ThreadPool;

  constructor(threads = availableThreads()) {
    const heap = new Heap({ shared: platform().threads });
    super('wasm', heap);
    this.heap = heap;
    this.pool = new ThreadPool(heap, threads);
  }
}
