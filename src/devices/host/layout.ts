/**
 * The first bytes of the device's memory, through which threads communicate, at fixed addresses so that generated code
 * can refer to them. Each word polled by many threads has its own cache line. Address 0 stays unused, as null.
 */
export const control = {
  /** Counts jobs; threads sleep on it. */
  job: 64,
  /** Threads that sleep on `job`. */
  sleepers: 128,
  /** Threads that have not finished the job yet. */
  pending: 192,
  /** Barrier: threads that have arrived. */
  arrived: 256,
  /** Barrier: counts the times all have arrived; threads sleep on it. */
  generation: 320,
  /** Barrier: threads that sleep on `generation`. */
  barrierSleepers: 384,
  /** 1 after a trap in any thread: barriers then trap too, so that no thread waits for one that is gone. */
  aborted: 448,
  /** 1 where thread 0 must not block (a page's main thread): it spins instead. */
  spinOnly: 452,
  /** 1 when threads should exit. */
  closing: 456,
  /** Threads ready to work. */
  ready: 460,
  /** The message of the first thread that failed: a length and that many UTF-16 units. */
  message: 772,
  /** The job: module, export, number of arguments, then the arguments as float64 from `args` on. */
  module: 512,
  entry: 516,
  argCount: 520,
  threadCount: 524,
  args: 576,
  /** From here on, a cache line per thread with the last job it has started. */
  begun: 1024,
} as const;

/** The longest message, in UTF-16 units. */
export const maxMessage = 120;

/** The most arguments a job can have. */
export const maxArgs = 24;

/** The most threads a pool can have. */
export const maxThreads = 64;

/** The first address used by the allocator. */
export const heapBase = control.begun + 64 * maxThreads;
