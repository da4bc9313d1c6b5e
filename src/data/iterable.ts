import { maxStepsPerEpoch } from '../base/config.ts';
import { asBatch } from './batch.ts';
import { type Arity, type Batch, type BatchLike, type BatchSource, type Position, warnOfShortage } from './batches.ts';

export type Source =
  | Iterable<BatchLike>
  | AsyncIterable<BatchLike>
  | (() => Iterable<BatchLike> | AsyncIterable<BatchLike>);
/** Runs the user's code, in which the model may be used while what runs waits. */
export type Lend = <R>(f: () => R | Promise<R>) => Promise<R>;
type AnyIterator = AsyncIterator<BatchLike> | Iterator<BatchLike>;

/** Batches that an iterable, an async iterable, a generator or a function that makes one of these gives. */
export class IterableSource implements BatchSource {
  readonly steps: number | undefined;
  private readonly source: Source;
  private readonly arity: Arity;
  private readonly lend: Lend;
  /** With `steps` it is kept from round to round, and so goes on where the round before ended. */
  private running: AnyIterator | undefined;
  private taken = 0;
  private toSkip = 0;
  private hasWarned = false;
  isSpent = false;

  constructor(source: Source, steps: number | undefined, arity: Arity, lend: Lend) {
    this.lend = lend;
    this.source = source;
    const most = maxStepsPerEpoch();
    this.steps = most === null ? steps : Math.min(steps ?? most, most);
    this.arity = arity;
  }

  async *round(done = 0): AsyncIterable<Batch> {
    if (this.steps === undefined) await this.restart();
    const iterator = (this.running ??= this.begin());
    for (; this.toSkip > 0; this.toSkip--) if ((await this.lend(() => iterator.next())).done) break;
    for (let step = done; this.steps === undefined || step < this.steps; step++) {
      const next = await this.lend<IteratorResult<BatchLike>>(() => iterator.next());
      if (next.done) {
        this.running = undefined;
        // What is its own iterator cannot begin again; of what gave nothing, nothing is to be hoped for.
        this.isSpent = step === 0 || (iterator as unknown) === this.source;
        if (this.steps !== undefined && step > 0 && !this.hasWarned) this.hasWarned = warnOfShortage(this.steps, step);
        return;
      }
      this.taken++;
      yield asBatch(next.value, this.arity);
    }
  }
  private begin(): AnyIterator {
    const made = typeof this.source === 'function' ? this.source() : this.source;
    return Symbol.asyncIterator in made ? made[Symbol.asyncIterator]() : made[Symbol.iterator]();
  }

  async restart(): Promise<void> {
    const own = this.running;
    this.taken = 0;
    // A generator that was given as it is has no other beginning than where it stands.
    if (own === undefined || (own as unknown) === this.source) return;
    await this.close();
  }
  get position(): Position {
    return { taken: this.taken };
  }
  /** Only what begins anew each round is brought to where it was: another source may be far on, or have no end. */
  resume({ taken }: Position): void {
    if (this.steps === undefined) this.toSkip = taken;
  }
  async close(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    await running?.return?.();
  }
}
