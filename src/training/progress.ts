import type { BatchSource, Position } from '../data/batches.ts';

/** The position of a fit. */
export interface Place {
  readonly epoch: number;
  /** Steps of the epoch done so far. */
  readonly step: number;
  readonly position: Position;
}

/** Tracks the position of a fit, so that a callback can record it and another fit can resume from it. */
export class Progress {
  private readonly dataset: BatchSource;
  private epoch = 0;
  private step = 0;
  /** Where the fit is going to begin. */
  wanted: (Place & { readonly restore: () => void }) | undefined;

  constructor(dataset: BatchSource) {
    this.dataset = dataset;
  }
  /** Records that this many steps of an epoch are done. */
  reach(epoch: number, step: number): void {
    this.epoch = epoch;
    this.step = step;
  }
  /** The position to resume from; after the last step of an epoch, the next epoch. */
  get place(): Place {
    const isOver = this.step > 0 && this.step === this.dataset.steps;
    const [epoch, step] = isOver ? [this.epoch + 1, 0] : [this.epoch, this.step];
    return { epoch, step, position: this.dataset.position };
  }
  /** Makes the fit start at a position; `restore` runs when it gets there, after everything has been set up. */
  goTo(place: Place, restore: () => void): void {
    this.wanted = { ...place, restore };
  }
  /** The step at which an epoch starts. */
  begin(epoch: number): number {
    const { wanted } = this;
    this.wanted = undefined;
    const isHere = wanted?.epoch === epoch;
    if (isHere) {
      this.dataset.resume(wanted.position);
      wanted.restore();
    }
    const step = isHere ? wanted.step : 0;
    this.reach(epoch, step);
    return step;
  }
}
