import { isNode } from './platform.ts';
import { workerSource } from './worker-source.ts';

/** A message to a worker between jobs: modules to instantiate and modules to forget. */
export interface WorkerMessage {
  readonly load: readonly (readonly [id: number, module: WebAssembly.Module])[];
  readonly drop: readonly number[];
}

export interface WorkerHandle {
  post(message: WorkerMessage): void;
  end(): void;
  /** Whether its thread has ended, as reported between tasks. */
  readonly hasEnded: boolean;
  /** Whether its thread has ended, checked now: takes some microseconds. */
  isGone(): boolean;
}

/**
 * Starts a worker for each thread except the caller's; none of them keeps the process alive. A page may refuse them
 * later.
 */
export function startWorkers(memory: WebAssembly.Memory, count: number, refused = () => {}): WorkerHandle[] {
  return Array.from({ length: count }, (_, i) =>
    isNode() ? nodeWorker(memory, i + 1) : pageWorker(memory, i + 1, refused),
  );
}

function nodeWorker(memory: WebAssembly.Memory, index: number): WorkerHandle {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const worker = new Worker(workerSource, { eval: true, workerData: { memory, index }, execArgv: [] });
  worker.unref();
  let hasEnded = false;
  const gone = (): void => {
    hasEnded = true;
  };
  // Its idle time is only available if it was requested once while it was alive.
  worker.once('online', () => void worker.performance.eventLoopUtilization());
  worker.once('exit', gone);
  // Without a listener, an error in a thread would end the process before the run waiting for it could report it.
  worker.once('error', gone);
  return {
    post: (message) => worker.postMessage(message),
    end: () => {
      gone();
      void worker.terminate();
    },
    get hasEnded() {
      return hasEnded;
    },
    // The idle time of a thread that has ended is -1.
    isGone: () => hasEnded || worker.performance.eventLoopUtilization().idle < 0,
  };
}

function pageWorker(memory: WebAssembly.Memory, index: number, refused: () => void): WorkerHandle {
  const url = URL.createObjectURL(new Blob([workerSource], { type: 'text/javascript' }));
  const worker = new Worker(url, { name: `hornbeam-${index}` });
  worker.onerror = refused;
  worker.postMessage({ memory, index });
  return {
    post: (message) => worker.postMessage(message),
    end: () => {
      worker.terminate();
      URL.revokeObjectURL(url);
    },
    hasEnded: false,
    isGone: () => false,
  };
}
