import { fail } from '../base/errors.ts';
import type { BatchSource, Position, RoundState, SourceRequest } from './batches.ts';
import { type AnyIterator, IterableSource } from './iterable.ts';

/** What gives batches in rounds that can be begun again, and in the middle. */
export interface Pipeline {
  /** How many batches there are now: Infinity without end, undefined where nobody knows. */
  count(): number | undefined;
  /** What the next round depends on. */
  next(): RoundState;
  /** What the round after one depends on, where that can be told. */
  after(state: RoundState): RoundState;
  /** Begins a round with the batch of that number. */
  begin(state: RoundState, from: number): AsyncIterator<unknown>;
  /** Whether nobody else holds the tensors of the batches, whose memory a step may then give back. */
  readonly isFresh?: boolean;
  /** Draws an order and throws it away. */
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
  /** Of some, the next round may have more. */
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
