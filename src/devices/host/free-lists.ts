/** A block of memory, used or free, that knows its neighbours. */
export interface Block {
  offset: number;
  size: number;
  free: boolean;
  before: Block | undefined;
  after: Block | undefined;
  /** Neighbours in the list of free blocks of its class. */
  previous: Block | undefined;
  next: Block | undefined;
}

const unit = 64;
const subclasses = 8;

/**
 * Free blocks by size class, eight classes per power of two, with a bit for each non-empty class: finding, splitting
 * and merging a block take constant time (two-level segregated fit, Masmano et al. 2004).
 */
export class FreeLists {
  private readonly heads: (Block | undefined)[] = [];
  private readonly rows = new Uint32Array(32);
  private rowMask = 0;
  private last: Block | undefined;

  /** Adds memory from `offset` on, directly after everything added before. */
  extend(offset: number, size: number): void {
    const block = {
      offset,
      size,
      free: false,
      before: this.last,
      after: undefined,
      previous: undefined,
      next: undefined,
    };
    if (this.last) this.last.after = block;
    this.last = block;
    this.give(block);
  }

  /** Free bytes at the very end of the memory, which growing it would extend. */
  tail(end: number): number {
    return this.last?.free && this.last.offset + this.last.size === end ? this.last.size : 0;
  }

  /** All free blocks. */
  *blocks(): Generator<Block> {
    for (const head of this.heads) for (let b = head; b; b = b.next) yield b;
  }

  largest(): number {
    let best = 0;
    for (const { size } of this.blocks()) best = Math.max(best, size);
    return best;
  }

  /** A block of exactly `size` bytes (a multiple of 64), or undefined if no free block is large enough. */
  take(size: number): Block | undefined {
    const block = this.find(size);
    if (!block) return undefined;
    this.unlink(block);
    block.free = false;
    if (block.size > size) {
      const rest: Block = {
        offset: block.offset + size,
        size: block.size - size,
        free: false,
        before: block,
        after: block.after,
        previous: undefined,
        next: undefined,
      };
      if (block.after) block.after.before = rest;
      else this.last = rest;
      block.after = rest;
      block.size = size;
      this.give(rest);
    }
    return block;
  }

  /** Frees a block and merges it with free neighbours. */
  give(block: Block): void {
    const { before, after } = block;
    if (after?.free) {
      this.unlink(after);
      this.absorb(block, after);
    }
    if (before?.free) {
      this.unlink(before);
      this.absorb(before, block);
      block = before;
    }
    this.link(block);
  }

  private absorb(block: Block, next: Block): void {
    block.size += next.size;
    block.after = next.after;
    if (next.after) next.after.before = block;
    else this.last = block;
  }

  private find(size: number): Block | undefined {
    const own = classOf(size);
    // Blocks of the same class may be too small: look at one, then go on to higher classes.
    const first = this.heads[own];
    if (first && first.size >= size) return first;
    const row = (own + 1) >> 3;
    const inRow = this.rows[row] & (-1 << ((own + 1) & 7));
    if (inRow) return this.heads[row * subclasses + lowestBit(inRow)];
    const above = row >= 31 ? 0 : this.rowMask & (-1 << (row + 1));
    if (above) {
      const found = lowestBit(above);
      return this.heads[found * subclasses + lowestBit(this.rows[found])];
    }
    // The last resort before growing: any block of the same class that fits.
    for (let b = first; b; b = b.next) if (b.size >= size) return b;
    return undefined;
  }

  private link(block: Block): void {
    const own = classOf(block.size);
    block.free = true;
    block.previous = undefined;
    block.next = this.heads[own];
    if (block.next) block.next.previous = block;
    this.heads[own] = block;
    this.rows[own >> 3] |= 1 << (own & 7);
    this.rowMask |= 1 << (own >> 3);
  }

  private unlink(block: Block): void {
    const own = classOf(block.size);
    if (block.next) block.next.previous = block.previous;
    if (block.previous) block.previous.next = block.next;
    else {
      this.heads[own] = block.next;
      if (!block.next) {
        this.rows[own >> 3] &= ~(1 << (own & 7));
        if (this.rows[own >> 3] === 0) this.rowMask &= ~(1 << (own >> 3));
      }
    }
    block.previous = block.next = undefined;
  }
}

/** 0-7 for 1 to 8 units (exact sizes up to 512 bytes), then eight classes a power of two. */
function classOf(size: number): number {
  const units = size / unit;
  if (units < subclasses) return units;
  const power = 31 - Math.clz32(units);
  return (power - 2) * subclasses + ((units >>> (power - 3)) & 7);
}

function lowestBit(mask: number): number {
  return 31 - Math.clz32(mask & -mask);
}
