/** An entry of some cache, in the order of all entries of all caches. */
interface Mark {
  readonly cache: WeakRef<Map<string, unknown>>;
  readonly key: string;
  readonly bytes: number;
}

/** All entries, the one used longest ago first. */
const marks = new Set<Mark>();
let newest: Mark | undefined;
let bytesInAll = 0;
/** What all caches together may hold: some hundred programs of a model of common size. */
export const mostBytes = 192 * 2 ** 20;

function forget(mark: Mark): void {
  marks.delete(mark);
  bytesInAll -= mark.bytes;
  mark.cache.deref()?.delete(mark.key);
}

/**
 * What was made at some cost, by name, such as programs by the shapes they are compiled for. All such caches share one bound
 * of memory; beyond it, what was used longest ago is dropped and, when it is asked for again, made again.
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
  /** Keeps a value that takes about so many bytes. */
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
