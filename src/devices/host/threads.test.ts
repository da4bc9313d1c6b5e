import workerThreads, { type Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { barrier, importLook } from '../wasm/barrier.ts';
import { atomic, type FunctionBuilder, load, ModuleBuilder, op, store } from '../wasm/encoder/index.ts';
import { Heap } from './heap.ts';
import { askedThreads, ThreadPool } from './threads.ts';

const heap = new Heap({ shared: true });
const pool = new ThreadPool(heap, 3);
afterAll(() => pool.close());

function build(
  params: number,
  body: (f: FunctionBuilder, module: ModuleBuilder) => void,
  memory = heap,
): WebAssembly.Module {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', memory.limits);
  importLook(module);
  const f = module.func(
    'step',
    Array.from({ length: 2 + params }, () => 'i32' as const),
  );
  body(f, module);
  module.export('step', f);
  return new WebAssembly.Module(module.build());
}

/** Each thread writes (index + 1) * count at its place in an array. */
const markOn = (memory: Heap): WebAssembly.Module =>
  build(
    1,
    (f) => {
      const [index, count, address] = f.params as [never, never, never];
      const place = op('i32.add', address, op('i32.shl', index, 2));
      f.store('i32.store', place, op('i32.mul', op('i32.add', index, 1), count));
    },
    memory,
  );
const mark = markOn(heap);

describe('the thread pool', () => {
  it('runs a function once on each thread', () => {
    const address = heap.allocate(64);
    const id = pool.load(mark);
    for (let turn = 0; turn < 200; turn++) {
      heap.int32(address, 3).fill(0);
      pool.run(id, 'step', [address]);
      expect([...heap.int32(address, 3)]).toEqual([3, 6, 9]);
    }
    pool.unload(id);
  });

  it('leaves the other threads alone when one is enough', () => {
    const address = heap.allocate(64);
    heap.int32(address, 3).fill(0);
    const id = pool.load(mark);
    pool.run(id, 'step', [address], 1);
    expect([...heap.int32(address, 3)]).toEqual([1, 0, 0]);
    pool.run(id, 'step', [address], 2);
    expect([...heap.int32(address, 3)]).toEqual([2, 4, 0]);
  });

  it('passes addresses above 2 GiB', () => {
    const address = heap.allocate(64);
    const id = pool.load(
      build(2, (f) => {
        const [index, , target, value] = f.params as [never, never, never, never];
        f.if(op('i32.eq', index, 1), () => f.store('i32.store', target, value));
      }),
    );
    pool.run(id, 'step', [address, 0xfedc_0000]);
    expect(heap.uint32(address, 1)[0]).toBe(0xfedc_0000);
  });

  it('holds every thread at a barrier until all have come', () => {
    // In each of 1000 rounds all threads add to a counter; after the barrier each must find the round's full sum.
    const address = heap.allocate(128);
    heap.int32(address, 32).fill(0);
    const id = pool.load(
      build(1, (f, module) => {
        const [index, count, at] = f.params as [never, never, never];
        const round = f.local('i32');
        f.for(round, 1, 1001, 1, () => {
          f.push(atomic('i32.atomic.rmw.add', at, [1]));
          f.drop();
          f.call(barrier(module), index, count);
          f.if(op('i32.ne', load('i32.atomic.load', at), op('i32.mul', round, count)), () => {
            f.push(atomic('i32.atomic.rmw.add', at, [1], 64));
            f.drop();
          });
          f.call(barrier(module), index, count);
        });
      }),
    );
    pool.run(id, 'step', [address]);
    expect([heap.int32(address, 1)[0], heap.int32(address + 64, 1)[0]]).toEqual([3000, 0]);
    pool.run(id, 'step', [address], 1);
  });

  it.each([0, 1, 2])('reports a trap of thread %i, frees the others from their barrier and goes on', (culprit) => {
    const id = pool.load(
      build(1, (f, module) => {
        const [index, count, who] = f.params as [never, never, never];
        f.if(op('i32.eq', index, who), () => f.unreachable());
        f.call(barrier(module), index, count);
      }),
    );
    expect(() => pool.run(id, 'step', [culprit])).toThrow('unreachable');
    pool.run(id, 'step', [99]);
    const address = heap.allocate(64);
    pool.run(pool.load(mark), 'step', [address]);
    expect([...heap.int32(address, 3)]).toEqual([3, 6, 9]);
  });

  it('knows modules that were loaded before its threads started, and starts again after close', () => {
    const other = new ThreadPool(new Heap({ shared: true }), 2);
    const id = other.load(mark);
    other.run(id, 'step', [2048]);
    other.close();
    other.run(id, 'step', [2048]);
    other.close();
    expect(other.threadCount).toBe(2);
  });

  it('says which function is missing', () => {
    const id = pool.load(mark);
    expect(() => pool.run(id, 'jump')).toThrow(`module ${id} has no function "jump"`);
  });

  it('sees its own stores through every thread after memory has grown', () => {
    const big = heap.allocate(200 * 2 ** 20);
    const address = big + 199 * 2 ** 20;
    const id = pool.load(
      build(1, (f) => {
        const [index, , at] = f.params as [never, never, never];
        f.push(store('i32.store', op('i32.add', at, op('i32.shl', index, 2)), op('i32.add', index, 7)));
      }),
    );
    pool.run(id, 'step', [address]);
    expect([...heap.int32(address, 3)]).toEqual([7, 8, 9]);
    heap.free(big);
  });
});

describe('a thread that ends', () => {
  /** A pool, and its threads as Node knows them. */
  const started = (own: Heap, first: (threads: ThreadPool) => void): [ThreadPool, Worker[]] => {
    const workers: Worker[] = [];
    const { Worker: Real } = workerThreads;
    workerThreads.Worker = class extends Real {
      constructor(...given: ConstructorParameters<typeof Real>) {
        super(...given);
        workers.push(this);
      }
    };
    const threads = new ThreadPool(own, 3);
    first(threads);
    workerThreads.Worker = Real;
    return [threads, workers];
  };

  it.each(['between two tasks', 'just before', 'just before, at rest', 'by the pool'])(
    '%s: the run says so, and the next one has new threads',
    async (when) => {
      const own = new Heap({ shared: true });
      const address = own.allocate(64);
      let id = 0;
      const [threads, workers] = started(own, (pool) => {
        id = pool.load(markOn(own));
        pool.run(id, 'step', [address]);
      });
      // Nobody has heard yet that the threads live: only that one does not begin can tell.
      const what = when === 'just before' ? 'does not begin' : 'has ended';
      threads['looksToBegin'] = 5;
      if (when === 'by the pool') threads['workers'][1]!.end();
      else {
        if (when === 'just before, at rest') await new Promise((resolve) => setTimeout(resolve, 200));
        void workers[1]!.terminate();
      }
      if (when === 'between two tasks') await new Promise((resolve) => setTimeout(resolve, 200));
      expect(() => threads.run(id, 'step', [address])).toThrow(`of its threads one ${what}`);
      own.int32(address, 3).fill(0);
      threads.run(id, 'step', [address]);
      expect([...own.int32(address, 3)]).toEqual([3, 6, 9]);
      threads.close();
    },
    30_000,
  );

  it('in the middle of a run: the barrier of the others says so', async () => {
    const own = new Heap({ shared: true });
    let id = 0;
    const [threads, workers] = started(own, (pool) => {
      id = pool.load(
        build(
          1,
          (f, module) => {
            const [index, count, ends] = f.params as [never, never, never];
            // The second thread works on until it is ended; the others wait for it.
            const still = f.local('i32');
            f.if(op('i32.and', op('i32.eq', index, 1), ends), () => {
              f.loop((again) => {
                f.set(still, op('i32.add', still, 1));
                f.brIf(again, op('i32.or', still, 1));
              });
            });
            f.call(barrier(module), index, count);
          },
          own,
        ),
      );
      pool.run(id, 'step', [0]);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    // The caller is blocked in its barrier: only where it looks for the others can this test end one.
    const look = threads['look'].bind(threads);
    threads['look'] = () => {
      void workers[0]!.terminate();
      look();
    };
    expect(() => threads.run(id, 'step', [1])).toThrow('of its threads one has ended');
    threads['look'] = look;
    threads.run(id, 'step', [0]);
    threads.close();
  });
});

it('takes a number of threads from the environment, and nothing else', () => {
  expect(askedThreads('3')).toBe(3);
  for (const text of ['abc', '0', '-2', '1.5', '65', '4 cores'])
    expect(() => askedThreads(text), text).toThrow(`HORNBEAM_THREADS: it is "${text}"`);
});
