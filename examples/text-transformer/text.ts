import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import * as keras from 'hornbeam';

/** "Northanger Abbey" by Jane Austen: 430,000 characters, one paragraph per line. */
export function readNovel(): string {
  const up = import.meta.url.includes('/build/') ? '../../data' : '../data';
  return gunzipSync(readFileSync(new URL(`${up}/northanger-abbey.txt.gz`, import.meta.url))).toString('utf8');
}

/** Turns text into numbers of characters, and back. All rare characters share one number. */
export class Characters {
  readonly known: readonly string[];
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(text: string, { least = 5 }: { readonly least?: number } = {}) {
    const counts = new Map<string, number>();
    for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
    const often = [...counts].filter(([, n]) => n >= least).map(([c]) => c);
    this.known = ['�', ...often.sort()];
    this.#numbers = new Map(this.known.map((c, k) => [c, k]));
  }
  encode(text: string): Int32Array {
    return Int32Array.from([...text], (c) => this.#numbers.get(c) ?? 0);
  }
  decode(numbers: Iterable<number>): string {
    return Array.from(numbers, (k) => this.known[k]).join('');
  }
}

/** Passages of a text, `[n, length]`, each with the same passage one character later as its target. */
export function stretches(numbers: Int32Array, length: number, stride: number): [x: keras.Tensor, y: keras.Tensor] {
  const count = Math.floor((numbers.length - length - 1) / stride) + 1;
  const [x, y] = [new Int32Array(count * length), new Int32Array(count * length)];
  for (let k = 0; k < count; k++) {
    x.set(numbers.subarray(k * stride, k * stride + length), k * length);
    y.set(numbers.subarray(k * stride + 1, k * stride + 1 + length), k * length);
  }
  return [keras.tensor(x, { shape: [count, length] }), keras.tensor(y, { shape: [count, length] })];
}
