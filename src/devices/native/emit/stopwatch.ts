import type { Assembler } from '../encoder/assembler.ts';
import { at, r12, rax, rcx, rdi, rdx, rsi, rsp } from '../encoder/operands.ts';

/** Where a program records how long its kernels take: 64-bit words, in nanoseconds. */
export interface StopwatchPlace {
  readonly address: number;
  /** The address of C's `clock_gettime`. */
  readonly clock: number;
}

/** CLOCK_MONOTONIC. */
const monotonic = 1;
// The words: the previous reading, the buffer of `clock_gettime` (seconds and nanoseconds), and the time of each
// kernel.
const [last, seconds, nanoseconds, sums] = [0, 8, 16, 24];

/** Bytes needed for `kernels` kernels. */
export const stopwatchBytes = (kernels: number): number => sums + 8 * kernels;

/** The time of each kernel in milliseconds. */
export const stopwatchTimes = (words: BigInt64Array): number[] =>
  Array.from(words.subarray(sums / 8), (time) => Number(time) / 1e6);

/** Emits the code between kernels that reads the clock. */
export class Stopwatch {
  private readonly assembler: Assembler;
  private readonly place: StopwatchPlace;

  constructor(assembler: Assembler, place: StopwatchPlace) {
    this.assembler = assembler;
    this.place = place;
  }

  start(): void {
    this.read();
    this.assembler.general('movStore', { a: rax, m: at(rsi, last) });
  }

  /** Adds the time since the last reading to a kernel that just finished. */
  tick(kernel: number): void {
    const { assembler: a } = this;
    this.read();
    a.general('mov', { a: rcx, m: rax });
    a.general('sub', { a: rcx, m: at(rsi, last) });
    a.general('movStore', { a: rax, m: at(rsi, last) });
    a.general('add', { a: rcx, m: at(rsi, sums + 8 * kernel) });
    a.general('movStore', { a: rcx, m: at(rsi, sums + 8 * kernel) });
  }

  /** Reads the time into rax and the address of the words into rsi. */
  private read(): void {
    const { assembler: a } = this;
    a.general('mov', { a: r12, m: rsp });
    a.general('andNumber', { m: rsp, immediate: -16 });
    a.moveNumber(rdi, monotonic);
    a.moveNumber(rsi, this.place.address + seconds);
    a.moveNumber(rax, this.place.clock);
    a.general('call', { m: rax, wide: false });
    a.general('mov', { a: rsp, m: r12 });
    a.moveNumber(rsi, this.place.address);
    a.moveNumber(rdx, 1e9);
    a.general('mov', { a: rax, m: at(rsi, seconds) });
    a.general('imul', { a: rax, m: rdx });
    a.general('add', { a: rax, m: at(rsi, nanoseconds) });
  }
}
