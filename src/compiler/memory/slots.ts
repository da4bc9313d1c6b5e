/** Buffers that regions use one after another: a free one is reused unless it is much too large. */
export class Slots {
  /** Bytes of each. */
  readonly sizes: number[] = [];
  private readonly free = new Set<number>();

  take(bytes: number): number {
    let best = -1;
    for (const k of this.free)
      if (this.sizes[k] >= bytes && this.sizes[k] <= 2 * bytes && (best < 0 || this.sizes[k] < this.sizes[best]))
        best = k;
    if (best < 0) return this.sizes.push(bytes) - 1;
    this.free.delete(best);
    return best;
  }

  give(slot: number): void {
    this.free.add(slot);
  }
}
