/**
 * The control page through which threads communicate, as byte offsets; each word that is polled has a cache line of its
 * own.
 */
export const control = {
  /** Counts jobs; threads sleep on it. */
  job: 0,
  /** Threads that sleep on `job`. */
  sleepers: 64,
  /** Threads that have not finished the job; the caller sleeps on it. */
  pending: 128,
  /** Barrier: threads that have arrived. */
  arrived: 192,
  /** Barrier: counts the times all have arrived; threads sleep on it. */
  generation: 256,
  /** Barrier: threads that sleep on `generation`. */
  waiting: 320,
  /** 1 tells threads to exit. */
  closing: 384,
  /** Number of threads besides the caller. */
  workers: 388,
  /** How many run the job, the caller included. */
  threadCount: 392,
  /** The job: 64-bit addresses of a program and of its table. */
  program: 448,
  table: 456,
} as const;

export const controlBytes = 4096;

/** Offset of the words that a thread is started with. */
export const ownWords = (thread: number): number => 1024 + 16 * thread;
