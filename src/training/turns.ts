import { fail, type Named } from '../base/errors.ts';
import type { Lend } from '../data/iterable.ts';
import type { Metric } from '../metrics/index.ts';

/** One use of a model's metrics: a fit, an evaluation, a step on a batch. */
interface Turn {
  readonly what: string;
  /** Calls of the user's code (callbacks, generators) that it waits for. */
  lent: number;
  /** A use that began in such a call. */
  inner: Promise<void> | undefined;
}

/**
 * Whose turn it is to use a model's metrics. They gather one thing at a time: a second evaluation beside a running fit would mix
 * both. In a callback (or a generator) of the run, which waits for it, the model may be used: the run's metrics are put aside.
 */
export class Turns {
  private readonly owner: Named;
  private readonly metrics: () => readonly Metric[];
  private current: Turn | undefined;

  constructor(owner: Named, metrics: () => readonly Metric[]) {
    this.owner = owner;
    this.metrics = metrics;
  }

  /** Refuses what must not be done while something runs. */
  refuse(what: string): void {
    if (this.current) this.fail(what, this.current);
  }
  private fail(what: string, running: Turn): never {
    return fail(
      this.owner,
      `${what}() was called while ${running.what}() of the same model is running`,
      `await ${running.what}() first${what === 'fit' || what === 'compile' ? '' : ', or call it in a callback, for which the run waits'}`,
    );
  }

  /** Runs `f` when nothing else runs, or in a call of the user's code for which what runs waits. */
  async take<R>(what: string, f: () => Promise<R>): Promise<R> {
    const outer = this.current;
    if (outer && (outer.lent === 0 || what === 'fit')) this.fail(what, outer);
    const bringBack = new Map(outer ? this.metrics().map((metric) => [metric, metric.setAside()]) : []);
    this.current = { what, lent: 0, inner: undefined };
    let isDone = (): void => {};
    if (outer)
      outer.inner = new Promise((resolve) => {
        isDone = resolve;
      });
    try {
      return await f();
    } finally {
      // Metrics that were made meanwhile had no state before.
      if (outer) for (const metric of this.metrics()) (bringBack.get(metric) ?? (() => metric.resetState()))();
      this.current = outer;
      isDone();
    }
  }

  readonly lend: Lend = async (f) => {
    const own = this.current;
    if (!own) return f();
    own.lent++;
    try {
      return await f();
    } finally {
      own.lent--;
      // What the user's code began and did not await has its turn first.
      for (; own.inner; ) {
        const { inner } = own;
        own.inner = undefined;
        await inner;
      }
    }
  };
}
