import { damaged, type Source } from './source.ts';

const headBytes = (source: Source): number => 8 + source.lengthBytes;

/** The texts of variable length in a file: each collection is read once, each text decoded once. */
export class GlobalHeap {
  readonly #source: Source;
  readonly #collections = new Map<number, ReadonlyMap<number, readonly [start: number, length: number]>>();
  readonly #texts = new Map<string, string>();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor(source: Source) {
    this.#source = source;
  }

  /** The text at an index of the collection at an address; `spend` is told the bytes of one not met before. */
  text(address: number, index: number, length: number, spend: (bytes: number) => void): string {
    const key = `${address}:${index}:${length}`;
    const known = this.#texts.get(key);
    if (known !== undefined) return known;
    const found = this.#collection(address).get(index) ?? damaged(`the string heap at ${address} has no text ${index}`);
    if (length > found[1]) damaged(`a text of ${length} bytes is said to lie in ${found[1]}`);
    spend(length);
    const bytes = this.#source.bytes.subarray(found[0], found[0] + length);
    const end = bytes.indexOf(0);
    const text = this.#decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
    this.#texts.set(key, text);
    return text;
  }

  #collection(address: number): ReadonlyMap<number, readonly [start: number, length: number]> {
    const known = this.#collections.get(address);
    if (known) return known;
    const source = this.#source;
    const head = source.signed(address, headBytes(source), 'GCOL', 1, 'a string heap').skip(3);
    const size = head.length();
    const all = source.block(address, size, 'a string heap').skip(Math.min(size, headBytes(source)));
    const places = new Map<number, readonly [start: number, length: number]>();
    while (all.left >= headBytes(source)) {
      const index = all.uint(2);
      const length = all.skip(6).length();
      // Object 0 is the free space, with which the collection ends.
      if (index === 0) break;
      places.set(index, [all.at, length]);
      // The last text need not be filled up.
      all.skip(length).skip(Math.min(all.left, (8 - (length % 8)) % 8));
    }
    this.#collections.set(address, places);
    return places;
  }
}
