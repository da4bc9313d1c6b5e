import { maxStepsPerEpoch } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { leavesOf, mapTree, type Tree } from '../base/tree.ts';
import { nextPermutation, type ShuffleState, setShuffleState, shuffleState } from '../random/global-seed.ts';
import { type Batch, type BatchSource, type Position, warnOfShortage } from './batches.ts';
import { type LabelValues, labelsBehind } from './label-values.ts';
import { type PartialRows, Room, type Rows } from './rows.ts';

export interface ArrayOptions {
  /** Examples in a batch; 32 by default. */
  readonly batchSize?: number | undefined;
  /** Draws the samples of each round in a new order. */
  readonly shuffle?: boolean | undefined;
  /** Batches to take in a round: the next goes on where it ended. */
  readonly steps?: number | undefined;
}

/** One pass over the samples. */
interface Pass {
  /** Their own order, where there is none. */
  readonly order: Int32Array | undefined;
  readonly shuffle: ShuffleState | undefined;
  taken: number;
}

/** Arrays cut into batches. */
export class ArraySource implements BatchSource {
  readonly samples: number;
  readonly steps: number;
  readonly isSpent = false;
  private readonly options: ArrayOptions;
  private readonly batchSize: number;
  /** Batches of all samples. */
  private readonly batches: number;
  private readonly parts: { readonly x: PartialRows; readonly y: PartialRows; readonly sampleWeight: PartialRows };
  /** Whether a round continues where the previous one ended. */
  private readonly goesOn: boolean;
  private pass: Pass | undefined;
  private hasWarned = false;
  /** The memory of a batch whose step is over, for reuse. */
  private room: Room | undefined;

  constructor(parts: ArraySource['parts'], options: ArrayOptions = {}) {
    const { batchSize = 32, steps } = options;
    if (!(Number.isInteger(batchSize) && batchSize > 0))
      fail('data', `batchSize must be a positive integer, got ${batchSize}`, 'e.g. { batchSize: 32 }');
    this.parts = parts;
    const all = Object.entries(parts).flatMap(([name, rows]) =>
      rows === undefined ? [] : leavesOf(rows).flatMap((r) => (r ? [{ name, rows: r }] : [])),
    );
    const samples = all[0]?.rows.shape[0];
    if (samples === 0) fail('data', 'it has no samples: its first axis is 0', 'give at least one sample');
    if (samples === undefined) fail('data', 'it has no samples axis', 'give arrays whose first axis counts samples');
    for (const { name, rows } of all)
      if (rows.shape[0] !== samples)
        fail(
          'data',
          `the arrays differ in the number of samples: ${all.map((a) => `${a.name} ${a.rows.shape[0] ?? 'none'}`).join(', ')}`,
          `check ${name}: all arrays need one row for each sample`,
        );
    this.samples = samples;
    this.options = options;
    this.batchSize = batchSize;
    this.batches = Math.ceil(this.samples / batchSize);
    this.steps = Math.min(steps ?? this.batches, maxStepsPerEpoch() ?? Infinity);
    this.goesOn = steps !== undefined || this.steps < this.batches;
  }

  *round(done = 0): Iterable<Batch> {
    if (!this.goesOn && done === 0) this.pass = undefined;
    const pass = (this.pass ??= this.begin());
    for (let step = done; step < this.steps; step++) {
      if (pass.taken === this.batches) {
        if (!this.hasWarned) this.hasWarned = warnOfShortage(this.steps, step);
        break;
      }
      // Counted before it is yielded, so that a position saved in the middle of a step includes it.
      yield this.batch(pass, pass.taken++);
    }
    if (pass.taken === this.batches) this.pass = undefined;
  }
  private begin(): Pass {
    const { shuffle = false } = this.options;
    return {
      shuffle: shuffle ? shuffleState() : undefined,
      order: shuffle ? nextPermutation(this.samples) : undefined,
      taken: 0,
    };
  }
  private batch({ order }: Pass, k: number): Batch {
    const [from, to] = [k * this.batchSize, Math.min((k + 1) * this.batchSize, this.samples)];
    const rows = order?.subarray(from, to);
    const room = this.room ?? new Room();
    this.room = undefined;
    const take = (part: PartialRows): unknown =>
      mapTree(part, (r: Rows | undefined) => (rows ? r?.pick(rows, room) : r?.range(from, to)));
    const { x, y, sampleWeight } = this.parts;
    const recycle = (): void => {
      this.room = room;
    };
    const batch: Batch = {
      x: take(x),
      y: take(y),
      sampleWeight: take(sampleWeight),
      size: to - from,
      isOwn: true,
      recycle,
    };
    if (y !== undefined) labelsBehind.set(batch, y as Tree<LabelValues | undefined>);
    return batch;
  }

  /** The first batch in the order of the data. */
  first(): Batch {
    return this.batch({ order: undefined, shuffle: undefined, taken: 0 }, 0);
  }
  async restart(): Promise<void> {
    this.pass = undefined;
  }
  drawOrder(): void {
    if (this.options.shuffle) nextPermutation(this.samples);
  }
  get position(): Position {
    const { pass } = this;
    return pass && pass.taken < this.batches ? { taken: pass.taken, shuffle: pass.shuffle } : { taken: 0 };
  }
  resume({ taken, shuffle }: Position): void {
    this.pass = undefined;
    if (taken === 0) return;
    const now = shuffleState();
    if (shuffle) setShuffleState(shuffle);
    this.pass = this.begin();
    this.pass.taken = taken;
    setShuffleState(now);
  }
  async close(): Promise<void> {}

  /** Splits off the last part: returns everything before it, and the part itself. */
  split(share: number): [ArraySource['parts'], ArraySource['parts']] {
    const at = Math.floor(this.samples * (1 - share));
    if (at === 0 || at === this.samples)
      fail(
        'fit',
        `validationSplit ${share} of ${this.samples} samples leaves ${at === 0 ? 'none to train on' : 'none to validate on'}`,
        'give a share between 0 and 1, or validationData',
      );
    const cut = (from: number, to: number): ArraySource['parts'] => {
      const take = (part: PartialRows): PartialRows => mapTree(part, (r: Rows | undefined) => r?.part(from, to));
      const { x, y, sampleWeight } = this.parts;
      return { x: take(x), y: take(y), sampleWeight: take(sampleWeight) };
    };
    return [cut(0, at), cut(at, this.samples)];
  }
}
