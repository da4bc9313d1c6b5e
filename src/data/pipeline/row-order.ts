import type { MersenneTwister } from '../../random/mersenne-twister.ts';
import { type RowStage, within } from './stage.ts';

type Numbers = RowStage['numbers'];

/** A shuffle buffer of `size` values from which each is drawn uniformly. */
export class Shuffle<T> {
  private readonly buffer: T[] = [];
  private readonly size: number;
  private readonly order: MersenneTwister;

  constructor(size: number, order: MersenneTwister) {
    this.size = size;
    this.order = order;
  }
  /** Whether the buffer is not yet full. */
  get hasRoom(): boolean {
    return this.buffer.length < this.size;
  }
  add(x: T): void {
    this.buffer.push(x);
  }
  /** Draws a value and puts another in its place. */
  exchange(x: T): T {
    const k = this.order.upTo(this.size - 1);
    const drawn = this.buffer[k];
    this.buffer[k] = x;
    return drawn;
  }
  /** Draws the remaining values. */
  *rest(): Generator<T> {
    const { buffer } = this;
    while (buffer.length > 0) {
      const k = this.order.upTo(buffer.length - 1);
      const drawn = buffer[k];
      buffer[k] = buffer[buffer.length - 1];
      buffer.pop();
      yield drawn;
    }
  }
}

export const shuffledRows = (
  numbers: Numbers,
  size: number,
  orderOf: (round: Parameters<Numbers>[0]) => MersenneTwister,
): Numbers =>
  function* (round, from) {
    const shuffle = new Shuffle<number>(size, orderOf(round));
    let left = from;
    for (const row of numbers(within(round), 0)) {
      if (shuffle.hasRoom) {
        shuffle.add(row);
        continue;
      }
      const drawn = shuffle.exchange(row);
      if (left > 0) left--;
      else yield drawn;
    }
    for (const drawn of shuffle.rest())
      if (left > 0) left--;
      else yield drawn;
  };

export const repeatedRows = (numbers: Numbers, count: number, times: number): Numbers =>
  function* (round, from) {
    if (count === 0) return;
    const first = Math.floor(from / count);
    for (let turn = first; turn < times; turn++)
      yield* numbers(within({ ...round, turns: [...round.turns, turn] }), turn === first ? from - first * count : 0);
  };

export const takenRows = (numbers: Numbers, most: number): Numbers =>
  function* (round, from) {
    let left = most - from;
    if (left <= 0) return;
    for (const row of numbers(within(round), from)) {
      yield row;
      if (--left === 0) return;
    }
  };

export const skippedRows =
  (numbers: Numbers, first: number): Numbers =>
  (round, from) =>
    numbers(within(round), from + first);

export const shardedRows = (numbers: Numbers, n: number, k: number): Numbers =>
  function* (round, from) {
    let until = 0;
    for (const row of numbers(within(round), from * n + k))
      if (until-- === 0) {
        until = n - 1;
        yield row;
      }
  };
