import { fail, type Named } from '../base/errors.ts';
import type { Lend } from '../data/iterable.ts';
import type { Metric } from '../metrics/index.ts';

/** One use of a model's metrics: a fit, an evaluation, a step on a batch. */
interface Turn {
  readonly what: string;
  /** Calls of user code (callbacks, generators) that it is waiting for. */
  lent: number;
  /** A use that started in such a call. */
  inner: Promise<void> | undefined;
}

/**
 * Controls who uses a model's metrics. They can only accumulate one thing at a time: an evaluation during a fit would
 * mix the two. In a callback (or generator) that the run is waiting for, the model may be used; the run's metrics are
 * set aside meanwhile.
 */
export class Turns {
  private readonly owner: Named;
  private readonly metrics: () => readonly Metric[];
  private current: Turn | undefined;

  constructor(owner: Named, metrics: () => readonly Metric[]) {
    this.owner = owner;
    this.metrics = metrics;
  }

  /** Refuses what must not be done during a run. */
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

  /** Runs `f` if nothing else is running, or within a call of user code that the run is waiting for. */
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
      // Metrics created meanwhile had no state before.
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
      // Uses that user code started but did not await come first.
      for (; own.inner; ) {
        const { inner } = own;
        own.inner = undefined;
        await inner;
      }
    }
  };
}
