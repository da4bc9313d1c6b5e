import { isNode } from './features.ts';
import { workerSource } from './worker-source.ts';

/** What a worker is told between jobs: modules to instantiate and modules to forget. */
export interface WorkerMessage {
  readonly load: readonly (readonly [id: number, module: WebAssembly.Module])[];
  readonly drop: readonly number[];
}

export interface WorkerHandle {
  post(message: WorkerMessage): void;
  end(): void;
}

/** Starts a worker for each thread but the caller's; none of them keeps the process alive. A page may refuse them, later. */
export function startWorkers(memory: WebAssembly.Memory, count: number, refused = () => {}): WorkerHandle[] {
  return Array.from({ length: count }, (_, i) =>
    isNode() ? nodeWorker(memory, i + 1) : pageWorker(memory, i + 1, refused),
  );
}

function nodeWorker(memory: WebAssembly.Memory, index: number): WorkerHandle {
  const { Worker } = process.getBuiltinModule('node:worker_threads');
  const worker = new Worker(workerSource, { eval: true, workerData: { memory, index }, execArgv: [] });
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    end: () => void worker.terminate(),
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
  };
}
