import type { BatchSource, Position } from '../data/batches.ts';

/** Where a fit stands. */
export interface Place {
  readonly epoch: number;
  /** Steps of the epoch that are done. */
  readonly step: number;
  readonly position: Position;
}

/** Follows a fit from step to step, so that a callback can write down where it stands, and another fit can go on from there. */
export class Progress {
  private readonly dataset: BatchSource;
  private epoch = 0;
  private step = 0;
  private wanted: (Place & { readonly restore: () => void }) | undefined;

  constructor(dataset: BatchSource) {
    this.dataset = dataset;
  }
  /** Says that so many steps of an epoch are done. */
  reach(epoch: number, step: number): void {
    this.epoch = epoch;
    this.step = step;
  }
  /** Where it is to be gone on: after the last step of an epoch, with the next. */
  get place(): Place {
    const isOver = this.step > 0 && this.step === this.dataset.steps;
    const [epoch, step] = isOver ? [this.epoch + 1, 0] : [this.epoch, this.step];
    return { epoch, step, position: this.dataset.position };
  }
  /** Lets the fit begin at a place; `restore` runs when it is there, after everything was set up anew. */
  goTo(place: Place, restore: () => void): void {
    this.wanted = { ...place, restore };
  }
  /** The step with which an epoch begins. */
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
