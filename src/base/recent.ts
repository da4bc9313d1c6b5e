/** An entry of one of the caches, in an order common to all of them. */
interface Mark {
  readonly cache: WeakRef<Map<string, unknown>>;
  readonly key: string;
  readonly bytes: number;
}

/** All entries, least recently used first. */
const marks = new Set<Mark>();
let newest: Mark | undefined;
let bytesInAll = 0;
/** The bound for all caches together: about a hundred programs of a typical model. */
export const mostBytes = 192 * 2 ** 20;

function forget(mark: Mark): void {
  marks.delete(mark);
  bytesInAll -= mark.bytes;
  mark.cache.deref()?.delete(mark.key);
}

/**
 * A cache of things that are expensive to make, such as programs by the shapes they are compiled for. All caches share
 * one memory bound; beyond it, the least recently used entries are dropped, and made again when needed.
 */
export class RecentCache<V> {
  private readonly entries = new Map<string, { readonly value: V; readonly mark: Mark }>();
  private readonly self = new WeakRef<Map<string, unknown>>(this.entries);

  get(key: string): V | undefined {
    const found = this.entries.get(key);
    if (!found) return undefined;
    if (found.mark !== newest) {
      marks.delete(found.mark);
      marks.add((newest = found.mark));
    }
    return found.value;
  }
  /** Stores a value of about this many bytes. */
  set(key: string, value: V, bytes: number): void {
    const old = this.entries.get(key);
    if (old) forget(old.mark);
    const mark = { cache: this.self, key, bytes };
    this.entries.set(key, { value, mark });
    marks.add((newest = mark));
    bytesInAll += bytes;
    for (const oldest of marks) {
      if (bytesInAll <= mostBytes || oldest === mark) break;
      forget(oldest);
    }
  }
  get size(): number {
    return this.entries.size;
  }
}
