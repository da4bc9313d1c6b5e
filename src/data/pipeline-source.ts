import { fail } from '../base/errors.ts';
import type { BatchSource, Position, RoundState, SourceRequest } from './batches.ts';
import { type AnyIterator, IterableSource } from './iterable.ts';

/** Yields batches in rounds that can be restarted, in the middle too. */
export interface Pipeline {
  /** The current number of batches: Infinity if endless, undefined if unknown. */
  count(): number | undefined;
  /** The state of the next round. */
  next(): RoundState;
  /** The state of the round after a given one. */
  after(state: RoundState): RoundState;
  /** Begins a round at the batch with the given number. */
  begin(state: RoundState, from: number): AsyncIterator<unknown>;
  /** Whether nobody else holds the batches' tensors, so that a step may release their memory. */
  readonly isFresh?: boolean;
  /** Draws and discards an order. */
  drawOrder?(): void;
  onEpochBegin?(): void | Promise<void>;
  onEpochEnd?(): void | Promise<void>;
}

/** Batches of a pipeline. */
export class PipelineSource extends IterableSource implements BatchSource {
  readonly pipeline: Pipeline;
  private state: RoundState | undefined;

  constructor(pipeline: Pipeline, { bound, isShuffleAsked, ...options }: SourceRequest) {
    super(undefined, options);
    this.pipeline = pipeline;
    const [who, option] = bound.split('.') as [string, string];
    if (pipeline.count() === Infinity && this.most === undefined)
      fail(who, 'the data have no end', `say how many batches are to be taken: ${option}`);
    if (isShuffleAsked && !pipeline.drawOrder)
      console.warn(
        `${who}: shuffle: true has no effect on a Dataset. Fix: leave it out, and let it shuffle: dataset.shuffle(bufferSize).batch(batchSize).`,
      );
  }
  /** The number may grow from round to round. */
  override get steps(): number | undefined {
    return this.most ?? this.pipeline.count();
  }
  override async *round(done = 0) {
    await this.pipeline.onEpochBegin?.();
    try {
      for await (const batch of super.round(done)) yield this.pipeline.isFresh ? { ...batch, isOwn: true } : batch;
    } finally {
      await this.pipeline.onEpochEnd?.();
    }
  }
  protected override async begin(): Promise<AnyIterator> {
    const { taken = 0, ...state } = this.wanted ?? {};
    this.wanted = undefined;
    this.taken = taken;
    this.state = Object.values(state).some((x) => x !== undefined) ? state : this.pipeline.next();
    return this.pipeline.begin(this.state, taken);
  }
  override drawOrder(): void {
    this.pipeline.drawOrder?.();
  }
  override get position(): Position {
    const { running, taken, state, pipeline } = this;
    if (running && taken !== pipeline.count()) return { ...state, taken };
    return { ...(state && pipeline.after(state)), taken: 0 };
  }
  override resume(position: Position): void {
    this.wanted = position;
  }
}
