import { maxStepsPerEpoch } from '../base/config.ts';
import { begun } from '../base/stream.ts';
import { asBatch } from './batch.ts';
import {
  type Arity,
  type Batch,
  type BatchLike,
  type BatchSource,
  type BatchStream,
  type Position,
  warnOfShortage,
} from './batches.ts';

/** Runs user code during a fit that waits for it, so that the code may use the model. */
export type Lend = <R>(f: () => R | Promise<R>) => Promise<R>;
export type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

export interface Streaming {
  readonly steps?: number | undefined;
  readonly arity: Arity;
  readonly lend: Lend;
}

/** Batches from an iterable, a stream, a generator, or a function that creates one of these. */
export class IterableSource implements BatchSource {
  private readonly source: unknown;
  protected readonly arity: Arity;
  protected readonly lend: Lend;
  /** Batches per round, if given; the next round then continues where this one ended. */
  protected readonly most: number | undefined;
  protected running: AnyIterator | undefined;
  protected taken = 0;
  protected wanted: Position | undefined;
  private hasWarned = false;
  isSpent = false;

  constructor(source: unknown, { steps, arity, lend }: Streaming) {
    this.lend = lend;
    this.source = source;
    const most = maxStepsPerEpoch();
    this.most = most === null ? steps : Math.min(steps ?? most, most);
    this.arity = arity;
  }
  get steps(): number | undefined {
    return this.most;
  }

  async *round(done = 0): AsyncIterable<Batch> {
    if (this.most === undefined && !this.wanted) await this.restart();
    const isNew = !this.running;
    this.running ??= await this.begin();
    for (let step = done; this.most === undefined || step < this.most; step++) {
      let next = await this.lend(() => this.running!.next());
      const isOwn = this.running === this.source;
      if (next.done && step === 0 && !isNew && !isOwn) {
        // The previous round ended with the data.
        this.running = await this.begin();
        next = await this.lend(() => this.running!.next());
      }
      if (next.done) {
        this.running = undefined;
        // An object that is its own iterator cannot be restarted, and a source that yielded nothing will not yield
        // anything later.
        this.isSpent = step === 0 || isOwn;
        if (this.most !== undefined && step > 0 && !this.hasWarned) this.hasWarned = warnOfShortage(this.most, step);
        return;
      }
      this.taken++;
      yield asBatch(next.value as BatchLike, this.arity);
    }
  }
  /** A new iteration, advanced to a position from another process. */
  protected async begin(): Promise<AnyIterator> {
    const made = await begun(this.source as Exclude<BatchStream, object> & Iterable<unknown>);
    const iterator = Symbol.asyncIterator in made ? made[Symbol.asyncIterator]() : made[Symbol.iterator]();
    this.taken = this.wanted?.taken ?? 0;
    this.wanted = undefined;
    for (let k = 0; k < this.taken; k++) if ((await this.lend(() => iterator.next())).done) break;
    return iterator;
  }

  async restart(): Promise<void> {
    const own = this.running;
    this.taken = 0;
    // A generator that was passed directly cannot be restarted.
    if (own !== this.source) await this.close();
  }
  drawOrder(): void {}
  get position(): Position {
    return { taken: this.running ? this.taken : 0 };
  }
  /** Only sources that restart each round are advanced: others may be anywhere, or endless. */
  resume(position: Position): void {
    if (this.most === undefined) this.wanted = position;
  }
  async close(): Promise<void> {
    const { running } = this;
    this.running = undefined;
    await running?.return?.();
  }
}
