import { fail } from '../../../base/errors.ts';
import { loadKoffi } from '../../host/koffi.ts';
import { isNode } from '../../host/platform.ts';

/** A typed array, for a C function that takes a pointer. */
export type Bytes = ArrayBufferView;

/** The C functions that the device is built on. Addresses are plain numbers, since user space ends at 2^47. */
export interface Foreign {
  mmap(near: number, bytes: number, protection: number, flags: number, file: number, offset: number): number;
  mprotect(address: number, bytes: number, protection: number): number;
  munmap(address: number, bytes: number): number;
  madvise(address: number, bytes: number, advice: number): number;
  copyIn(to: number, from: Bytes, bytes: number): void;
  copyOut(to: Bytes, from: number, bytes: number): void;
  copy(to: number, from: number, bytes: number): void;
  fill(at: number, byte: number, bytes: number): void;
  /** The address of a function by name; 0 if there is none. */
  dlsym(library: null, name: string): number;
  /** Starts a thread that runs the function at an address. */
  startThread(thread: Bytes, attributes: null, start: number, argument: number): number;
  /** The address of a JavaScript function on doubles; it can be called on the caller's thread only. */
  callback(f: (a: number, b: number) => number): number;
  /** Machine code at an address, as a function that is passed the words of a table. */
  entry(address: number): (table: Uint32Array) => void;
}

interface Koffi {
  load(path: null): { func(prototype: string): (...args: never[]) => unknown };
  /** Anonymous, because a process can register each name only once. */
  proto(result: string, parameters: readonly string[]): object;
  decode(address: bigint, type: object): unknown;
  pointer(type: object): object;
  register(f: (...args: never[]) => unknown, type: object): bigint;
}

export const protection = { none: 0, read: 1, write: 2, execute: 4 } as const;
/** Private, without a file. */
export const anonymous = 0x22;
/** Reserves addresses only; pages are committed when written. */
export const noReserve = 0x4000;

let known: Foreign | undefined;

/** Loads the functions, once. If that fails, the error says what would help. */
export function foreign(): Foreign {
  return (known ??= load());
}

function load(): Foreign {
  if (!isNode() || process.platform !== 'linux' || process.arch !== 'x64')
    return fail(
      'native device',
      isNode()
        ? `it is made for Linux on x86-64, not for ${process.platform} on ${process.arch}`
        : 'it runs in Node only',
      "use config.setDevice('wasm')",
    );
  const koffi = loadKoffi<Koffi>('native device', "npm install koffi, or stay with config.setDevice('wasm')");
  const library = koffi.load(null);
  const c = <F>(prototype: string): F => library.func(prototype) as F;
  const callbacks = koffi.pointer(koffi.proto('double', ['double', 'double']));
  const run = koffi.proto('void', ['void *']);
  return {
    mmap: c('uint64_t mmap(uint64_t near, uint64_t bytes, int protection, int flags, int file, int64_t offset)'),
    mprotect: c('int mprotect(uint64_t address, uint64_t bytes, int protection)'),
    munmap: c('int munmap(uint64_t address, uint64_t bytes)'),
    madvise: c('int madvise(uint64_t address, uint64_t bytes, int advice)'),
    copyIn: c('void memcpy(uint64_t to, const void *from, uint64_t bytes)'),
    copyOut: c('void memcpy(void *to, uint64_t from, uint64_t bytes)'),
    copy: c('void memcpy(uint64_t to, uint64_t from, uint64_t bytes)'),
    fill: c('void memset(uint64_t at, int byte, uint64_t bytes)'),
    dlsym: c('uint64_t dlsym(void *library, const char *name)'),
    startThread: c('int pthread_create(void *thread, void *attributes, uint64_t start, uint64_t argument)'),
    callback: (f) => Number(koffi.register(f, callbacks)),
    entry: (address) => koffi.decode(BigInt(address), run) as (table: Uint32Array) => void,
  };
}
