/** Offsets in one contiguous block that grows at its end: free ranges are reused, best fit first. */
export class Arena {
  private readonly free: { offset: number; bytes: number }[] = [];
  /** Peak size in use. */
  size = 0;

  /** Every array starts at a cache line. */
  static rounded(bytes: number): number {
    return Math.max(64, Math.ceil(bytes / 64) * 64);
  }

  take(bytes: number): number {
    const wanted = Arena.rounded(bytes);
    let best = -1;
    this.free.forEach((f, k) => {
      if (f.bytes >= wanted && (best < 0 || f.bytes < this.free[best].bytes)) best = k;
    });
    if (best >= 0) {
      const found = this.free[best];
      if (found.bytes === wanted) this.free.splice(best, 1);
      else this.free[best] = { offset: found.offset + wanted, bytes: found.bytes - wanted };
      return found.offset;
    }
    const last = this.free.at(-1);
    // A free range at the end is extended rather than left behind.
    const offset = last && last.offset + last.bytes === this.size ? this.free.pop()!.offset : this.size;
    this.size = offset + wanted;
    return offset;
  }

  give(offset: number, bytes: number): void {
    const size = Arena.rounded(bytes);
    let k = this.free.findIndex((f) => f.offset > offset);
    if (k < 0) k = this.free.length;
    this.free.splice(k, 0, { offset, bytes: size });
    this.merge(k);
    if (k > 0) this.merge(k - 1);
  }

  private merge(k: number): void {
    const [a, b] = [this.free[k], this.free[k + 1]];
    if (!a || !b || a.offset + a.bytes !== b.offset) return;
    this.free.splice(k, 2, { offset: a.offset, bytes: a.bytes + b.bytes });
  }
}
