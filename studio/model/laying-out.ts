import workerText from 'text:layout-worker';
import { type Layout, type LayoutGraph, layOut } from './layout.ts';

/** Lays graphs out in a worker, or here where a page's policy forbids workers. */
export class LayingOut {
  readonly #waiting = new Map<number, (layout: Layout) => void>();
  readonly #worker = startWorker();
  #count = 0;

  constructor() {
    if (!this.#worker) return;
    this.#worker.onmessage = ({ data }: MessageEvent<{ id: number; layout: Layout }>) => {
      this.#waiting.get(data.id)?.(data.layout);
      this.#waiting.delete(data.id);
    };
    this.#worker.onerror = (event) => event.preventDefault();
  }
  /** The layout; small graphs have theirs at once. */
  layOut(graph: LayoutGraph): Layout | Promise<Layout> {
    if (!this.#worker || countIn(graph) <= 60) return layOut(graph);
    const id = this.#count++;
    this.#worker.postMessage({ id, graph });
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }
  close(): void {
    this.#worker?.terminate();
  }
}

const countIn = ({ nodes }: LayoutGraph): number =>
  nodes.reduce((sum, { inside }) => sum + 1 + (inside ? countIn(inside) : 0), 0);

function startWorker(): Worker | undefined {
  try {
    const url = URL.createObjectURL(new Blob([workerText], { type: 'text/javascript' }));
    return new Worker(url);
  } catch {
    return undefined;
  }
}
