import { accessKinds } from '../src/devices/wasm/encoder/accesses.ts';
import { type Callable, type FunctionBuilder, ModuleBuilder } from '../src/devices/wasm/encoder/index.ts';

type Range = readonly [from: number, to: number];
/** What threads do to memory between two barriers: the last thread that wrote each byte, and a bit for each that read it. */
interface Epoch {
  readonly writers: Int8Array;
  readonly readers: Uint8Array;
}

export interface Recording {
  readonly threads: number;
  readonly bytes: number;
  /** Writes the function, which takes `(threadIndex, threadCount, ...args)`. */
  write(module: ModuleBuilder): FunctionBuilder;
  readonly args: readonly number[];
  /** Where it may write; of the first range every byte is written once. */
  readonly writable: readonly Range[];
}

/**
 * Runs machine code as each of so many threads, one after the other, with every access to memory recorded: what it does may
 * not depend on the values there. Tells the first byte that one thread writes and another one touches without a barrier
 * between, or that is written where nothing should be, or not just once. Work that threads take as they find time goes round.
 */
export function conflictOfThreads({ threads, bytes, write, args, writable }: Recording): string | undefined {
  const { code } = assembled(write);
  const module = new WebAssembly.Module(code);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / 65536) + 1, maximum: 1024 });
  const words = new Int32Array(memory.buffer);
  const epochs: Epoch[] = [];
  const ends: number[] = [];
  const writes = new Uint8Array(writable[0]![1] - writable[0]![0]);
  /** Where pieces begin that threads take from a counter, as one alone would; the last is the end. */
  const pieces = new Map<number, number[]>();
  let conflict: string | undefined;

  const run = (thread: number, touch: (from: number, count: number, kind: string) => void): void => {
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory },
      record: {
        touch: (from: number, count: number, kind: number) => touch(from, count, accessKinds[kind]!),
        barrier: () => touch(0, 0, 'barrier'),
      },
    });
    (exports['run'] as (...all: number[]) => void)(thread, threads, ...args);
  };
  run(0, (address, _, kind) => {
    if (kind !== 'take') return;
    if (!pieces.has(address)) pieces.set(address, []);
    pieces.get(address)!.push(words[address >> 2]!);
  });
  for (let thread = 0; thread < threads; thread++) {
    let epoch = 0;
    const turns = new Map<number, number>();
    run(thread, (from, count, kind) => {
      if (kind === 'barrier') epoch++;
      else if (kind === 'look') {
        const list = pieces.get(from)!;
        const turn = turns.get(from) ?? thread;
        turns.set(from, turn + threads);
        words[from >> 2] = list[Math.min(turn, list.length - 1)]!;
      } else if (kind !== 'take')
        for (let at = from; at < from + count; at++) record((epochs[epoch] ??= fresh(bytes)), at, thread, kind);
    });
    ends.push(epoch);
  }
  if (new Set(ends).size > 1) conflict ??= `threads pass ${ends.join(', ')} barriers`;
  const wrong = writes.findIndex((n) => n !== 1);
  if (wrong >= 0) conflict ??= `byte ${wrong} of the result is written ${writes[wrong]} times`;
  return conflict;

  function record({ writers, readers }: Epoch, at: number, thread: number, kind: string): void {
    const isWrite = kind === 'write';
    if (writers[at]! >= 0 && writers[at] !== thread)
      conflict ??= `thread ${thread} ${kind}s byte ${at}, which thread ${writers[at]} has written`;
    if (!isWrite) {
      readers[at]! |= 1 << thread;
      return;
    }
    if (readers[at]! & ~(1 << thread)) conflict ??= `thread ${thread} writes byte ${at}, which another has read`;
    if (!writable.some(([from, to]) => at >= from && at < to))
      conflict ??= `thread ${thread} writes byte ${at}, where nothing is its own`;
    writers[at] = thread;
    const [from, to] = writable[0]!;
    if (at >= from && at < to) writes[at - from]!++;
  }
}

const fresh = (bytes: number): Epoch => {
  const size = bytes + 65536;
  return { writers: new Int8Array(size).fill(-1), readers: new Uint8Array(size) };
};

/** The module with its accesses to memory recorded, and with the test's barrier in place of the real one. */
function assembled(write: Recording['write']): { readonly code: Uint8Array<ArrayBuffer> } {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { initial: 1, maximum: 1024, shared: false });
  const touch: Callable = module.importFunction('record', 'touch', { params: ['i32', 'i32', 'i32'], results: [] });
  const wait = module.importFunction('record', 'barrier', { params: [], results: [] });
  module.once('barrier', () => {
    const f = module.func('barrier', ['i32', 'i32']);
    f.call(wait);
    return f;
  });
  module.record(touch);
  module.export('run', write(module));
  return { code: module.build() };
}
