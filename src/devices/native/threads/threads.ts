import { fail } from '../../../base/errors.ts';
import { maxThreads } from '../../host/layout.ts';
import { anonymous, foreign, protection } from '../memory/foreign.ts';
import { control, controlBytes, ownWords } from './layout.ts';
import { threadCode } from './machine-code.ts';

/** Milliseconds to wait for threads to start. */
const startTime = 30_000;

/** Writes an address as two 32-bit words. */
export function putAddress(words: Uint32Array, at: number, address: number): void {
  words[at] = address % 2 ** 32;
  words[at + 1] = Math.floor(address / 2 ** 32);
}

/** 32-bit words before the table of a program: control page, program, and number of threads. */
const head = 6;

/**
 * System threads that run only machine code. They wait for jobs, and for each other, through words of a control page
 * (`layout.ts`). Thread 0 is the caller. They start with the first shared job and end with the process.
 */
export class NativeThreads {
  readonly count: number;
  private readonly address: number;
  private isStarted = false;
  private readonly enter: (block: Uint32Array) => void;

  constructor(count: number) {
    this.count = Math.max(1, Math.min(maxThreads, Math.floor(count)));
    const c = foreign();
    this.address = c.mmap(0, controlBytes, protection.read | protection.write, anonymous, -1, 0);
    this.enter = c.entry(threadCode().launch);
  }

  /** The words with which a program is started; `setAddress` stores an address in its table. */
  block(program: number, entries: number): { words: Uint32Array; setAddress(slot: number, address: number): void } {
    const words = new Uint32Array(head + 2 * entries);
    putAddress(words, 0, this.address);
    putAddress(words, 2, program);
    return { words, setAddress: (slot, address) => putAddress(words, head + 2 * slot, address) };
  }

  /** Runs a program on `threads` threads and returns when all have finished. */
  run(words: Uint32Array, threads: number): void {
    if (threads > 1 && !this.isStarted) this.start();
    words[4] = threads;
    this.enter(words);
  }

  private start(): void {
    const c = foreign();
    const { work } = threadCode();
    for (let t = 1; t < this.count; t++) {
      const own = new Uint32Array(4);
      putAddress(own, 0, this.address);
      own[2] = t;
      const at = this.address + ownWords(t);
      c.copyIn(at, own, own.byteLength);
      if (c.startThread(new Uint32Array(2), null, work, at) !== 0)
        fail(
          'native device',
          `thread ${t} of ${this.count} could not be started`,
          'set HORNBEAM_THREADS to fewer threads, or raise the limit (ulimit -u)',
        );
    }
    const until = performance.now() + startTime;
    while (this.word(control.workers) < this.count - 1)
      if (performance.now() > until) fail('native device', 'its threads did not start', 'set HORNBEAM_THREADS=1');
    this.isStarted = true;
  }

  private word(place: number): number {
    const word = new Uint32Array(1);
    foreign().copyOut(word, this.address + place, 4);
    return word[0];
  }
}
