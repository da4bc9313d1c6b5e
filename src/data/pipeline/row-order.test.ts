import { expect, test } from 'vitest';
import * as keras from '../../index.ts';
import { batched } from './batching.ts';
import { cached, repeated, sharded, shuffled, skipped, taken } from './order.ts';
import { slices } from './sources.ts';
import type { Round, Stage } from './stage.ts';

const arrays = { x: keras.ops.reshape(keras.ops.arange(46), [23, 2]), s: Array.from({ length: 23 }, (_, k) => `${k}`) };
const round: Round = { seed: () => 5, turns: [2], place: [] };
async function listOf(stage: Stage, from: number): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const element of stage.elements(round, from)) {
    const { x, s } = element as { x: keras.Tensor; s: keras.Tensor };
    all.push([await x.array(), await s.array()]);
  }
  return all;
}
/** A stage whose elements are no rows any more. */
const plain = ({ count, elements }: Stage): Stage => ({ count, elements });
const shuffle =
  (size: number, seed?: number, everyTime = true) =>
  (stage: Stage): Stage =>
    shuffled(stage, { size, seed, everyTime });

test('rows that are picked a batch at a time come in the order of elements', async () => {
  const orders: readonly ((stage: Stage) => Stage)[] = [
    shuffle(23),
    shuffle(5, 1),
    shuffle(40, 1, false),
    (stage) => taken(skipped(stage, 3), 11),
    (stage) => sharded(stage, 3, 1),
    (stage) => repeated(shuffle(7)(stage), 3),
    (stage) => repeated(taken(stage, 0), Infinity),
    (stage) => shuffle(9)(repeated(stage, 2)),
    cached,
  ];
  for (const order of orders)
    for (const [size, drop] of [
      [1, false],
      [4, false],
      [4, true],
    ] as const)
      for (const from of [0, 1, 3, 40]) {
        const picked = batched(order(slices(arrays)), size, drop);
        const joined = batched(order(plain(slices(arrays))), size, drop);
        expect(order(slices(arrays)).rows).toBeDefined();
        expect(await listOf(picked, from)).toEqual(await listOf(joined, from));
        expect(picked.count).toBe(joined.count);
      }
});

test('a cache keeps the order of the first time', async () => {
  const data = keras.data.Dataset.range(20).shuffle(20, { seed: 3 }).cache().batch(20);
  const orders = [await data.toArray(), await data.toArray()];
  expect(await orders[0]![0]!.array()).toEqual(await orders[1]![0]!.array());
});
