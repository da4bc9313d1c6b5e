import { expect, test } from 'vitest';
import * as keras from '../index.ts';
import { cond } from '../ops/index.ts';
import { trace } from '../tensor/index.ts';
import { cutStep } from './cut-step.ts';
import { phasesOf } from './phases.ts';
import { sumOverProcesses } from './sums.ts';

const { ops } = keras;
const sumOf = (t: keras.Tensor): keras.Tensor => sumOverProcesses([t])[0]!;
/** As if there were two processes with the same rows. */
const twice = async (buckets: readonly keras.Tensor[]): Promise<void> => {
  for (const bucket of buckets) {
    const { storage } = ops.add(bucket, bucket);
    bucket.storage = storage;
  }
};

test('a step is cut at its sums: each phase computes what the next need, the last one assigns', async () => {
  const w = new keras.Variable([1, 2, 3], { dtype: 'float32' });
  const step = (x: keras.Tensor): keras.Tensor => {
    const mean = ops.divide(sumOf(ops.sum(x, { axis: 0 })), 8);
    const centred = ops.subtract(x, mean);
    const other = sumOf(ops.sum(ops.square(x), { axis: 0 }));
    w.assign(ops.add(w, sumOf(ops.sum(ops.exp(centred), { axis: 0 }))));
    return ops.sum(ops.multiply(ops.square(centred), other));
  };
  const x = keras.random.normal([4, 3], { seed: 1 });
  const phases = phasesOf(trace('step', step, [x]).program);
  expect(phases.map(({ sums }) => sums.length)).toEqual([2, 1, 0]);
  expect(phases.map(({ program }) => program.donated.size)).toEqual([0, 0, 1]);

  const both = ops.concatenate([x, x], { axis: 0 });
  const centred = ops.subtract(both, ops.mean(both, { axis: 0, keepdims: true }));
  const expected = await ops.add([1, 2, 3], ops.sum(ops.exp(centred), { axis: 0 })).data();
  const first = cutStep('step', step);
  const asked: boolean[] = [];
  const loss = await first(async (buckets, isLast) => {
    asked.push(isLast);
    await twice(buckets);
  }, x);
  expect(asked).toEqual([false, true]);
  [...(await w.value.data())].forEach((value, k) => expect(value).toBeCloseTo(Number(expected[k]), 4));
  const whole = ops.sum(ops.multiply(ops.square(centred), ops.sum(ops.square(both), { axis: 0 })));
  expect(2 * (await loss.item())).toBeCloseTo(await whole.item(), 3);
});

test('gradients through sums are summed, and what spreads few numbers is computed again rather than kept', async () => {
  const w = new keras.Variable([2], { dtype: 'float32' });
  const step = (x: keras.Tensor): keras.Tensor =>
    keras.gradients(() => ops.mean(ops.square(ops.multiply(ops.exp(x), sumOf(ops.multiply(w, 3))))), [w]).gradients[0]!;
  const x = ops.multiply(ops.ones([64, 64]), 0.5);
  const [first, ...rest] = phasesOf(trace('step', step, [x]).program);
  // Neither exp(x) nor the sum spread over it is handed on.
  expect(first!.program.outputs.map(({ shape }) => shape)).toEqual([[1]]);
  expect(rest.flatMap(({ program }) => program.outputs.map(({ shape }) => shape))).toEqual([[1], [1]]);
  const slope = await cutStep('step', step)(twice, x);
  // d/dw of the mean of (e^x · 6 · w)², of each process by the w of both: 2 · e · 6w · 3, twice.
  expect((await slope.data())[0]).toBeCloseTo(2 * Math.E * 12 * 3 * 2, 2);
});

test('a step without sums is one program, and sums within a branch are refused', async () => {
  const told: unknown[] = [];
  const plain = cutStep('plain', (x: keras.Tensor) => ops.add(x, 1));
  const result = await plain(async (...given) => void told.push(given), keras.tensor([1]));
  expect([await result.array(), told]).toEqual([[2], [[[], true]]]);
  const branches = cutStep('branches', (x: keras.Tensor) =>
    cond(
      ops.greater(ops.sum(x), 0),
      () => sumOf(x),
      () => x,
    ),
  );
  await expect(branches(twice, keras.tensor([1]))).rejects.toThrow(/within a \w+, which is not cut.*branches/s);
});
