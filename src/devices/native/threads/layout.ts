/** What threads say to each other, in bytes from the beginning of a page of their own: a line of the cache for each that is polled. */
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
  /** 1 when threads shall end. */
  closing: 384,
  /** Threads that are there besides the caller. */
  workers: 388,
  /** How many run the job, the caller included. */
  threadCount: 392,
  /** The job: 64-bit addresses of a program and of its table. */
  program: 448,
  table: 456,
} as const;

export const controlBytes = 4096;

/** Where the words of a thread stand that it is started with. */
export const ownWords = (thread: number): number => 1024 + 16 * thread;
