import { fail } from '../../base/errors.ts';

/** Tells after which batches something is due that happens every n batches, whatever the length of the epochs. */
export class BatchCounter {
  readonly #every: number;
  #since = 0;
  #last = -1;

  constructor(who: string, every: number) {
    if (!Number.isInteger(every) || every < 1)
      fail(who, `saveFreq must be "epoch" or a number of batches, got ${JSON.stringify(every)}`, 'use "epoch"');
    this.#every = every;
  }
  /** Counts a batch, given its number within the epoch. */
  isDue(batch: number): boolean {
    // Several batches may have passed since the last call.
    this.#since += batch <= this.#last ? batch + 1 : batch - this.#last;
    this.#last = batch;
    if (this.#since < this.#every) return false;
    this.#since = 0;
    return true;
  }
}
