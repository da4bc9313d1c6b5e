import { expect, test } from 'vitest';
import * as keras from '../../index.ts';

const { Dataset } = keras.data;
const numbers = async (dataset: keras.data.Dataset<keras.Tensor>): Promise<number[]> =>
  (await dataset.toArray()).map(Number);

/** Data sets of different lengths whose elements take their time, and how many are made at the same time. */
function slow(options: keras.data.InterleaveOptions): {
  readonly all: keras.data.Dataset<keras.Tensor>;
  most(): number;
} {
  let [running, most] = [0, 0];
  const wait = async (x: keras.Tensor): Promise<keras.Tensor> => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1 + ((7 * Number(x)) % 5)));
    running--;
    return x;
  };
  const all = Dataset.range(6).interleave((n) => {
    const first = 10 * Number(n);
    return Dataset.range(first, first + 1 + ((5 * Number(n)) % 4)).map(wait);
  }, options);
  return { all, most: () => most };
}

test('parallel calls of interleave keep the order of turns', async () => {
  for (const [cycleLength, blockLength] of [
    [2, 1],
    [3, 2],
    [5, 3],
  ] as const) {
    const alone = slow({ cycleLength, blockLength });
    const parallel = slow({ cycleLength, blockLength, numParallelCalls: keras.data.AUTOTUNE });
    expect(await numbers(parallel.all)).toEqual(await numbers(alone.all));
    expect(alone.most()).toBe(1);
    expect(parallel.most()).toBeGreaterThan(1);
  }
});

test('interleave gives elements as they are ready where that is asked for', async () => {
  const { all, most } = slow({ cycleLength: 4, numParallelCalls: 3, deterministic: false });
  const found = await numbers(all);
  expect(found.toSorted((a, b) => a - b)).toEqual((await numbers(slow({}).all)).toSorted((a, b) => a - b));
  expect(most()).toBe(3);
  for (const [options, message] of [
    [{ cycleLength: 2, numParallelCalls: 3 }, /numParallelCalls is 3, and 2 datasets are open/],
    [{ numParallelCalls: 0 }, /numParallelCalls is 0/],
    [{ deterministic: false }, /deterministic: false is for parallel calls/],
  ] as const)
    expect(() => slow(options)).toThrow(message);
});

test('a function of interleave that fails, and a round that is broken off, end the others', async () => {
  const failing = Dataset.range(6).interleave(
    (n) => {
      if (Number(n) === 3) throw new Error('mine');
      return Dataset.range(2);
    },
    { cycleLength: 3, numParallelCalls: 3 },
  );
  await expect(failing.toArray()).rejects.toThrow('mine');
  let closed = 0;
  const open = Dataset.range(3).interleave(
    () =>
      Dataset.fromGenerator(function* () {
        try {
          for (let k = 0; ; k++) yield k;
        } finally {
          closed++;
        }
      }),
    { cycleLength: 3, numParallelCalls: 2 },
  );
  for await (const x of open) if (Number(x) === 2) break;
  expect(closed).toBe(3);
});

test('what a generator gives is brought into its signature, or refused', async () => {
  const outputSignature = [
    { shape: [null, 2], dtype: 'float32' },
    { label: { shape: [], dtype: 'int32' }, text: { shape: [], dtype: 'string' } },
  ] as const;
  const make = (...given: readonly unknown[]): keras.data.Dataset<any> =>
    Dataset.fromGenerator(() => given, { outputSignature });
  const good = [[[1, 2]], { label: 3, text: 'a' }];
  const [element] = (await make(good).toArray()) as [[keras.Tensor, { label: keras.Tensor; text: keras.Tensor }]];
  expect([element[0].dtype, element[0].shape, element[1].label.dtype]).toEqual(['float32', [1, 2], 'int32']);
  expect(await element[1].text.array()).toBe('a');
  for (const [odd, message] of [
    [[[[1, 2, 3]], good[1]], /element 1 has the shape \(1, 3\) instead of \(null, 2\) at 0/],
    [[keras.ops.ones([1, 2], { dtype: 'int32' }), good[1]], /element 1 is int32 instead of float32 at 0/],
    [[good[0], { label: 3 }], /element 1 has other parts than label, text at 1/],
    [[good[0], { label: undefined, text: '' }], /element 1 is missing at 1.label/],
    [[good[0]], /element 1 is no list of 2/],
  ] as const)
    await expect(make(good, odd).toArray()).rejects.toThrow(message);
  for (const [signature, message] of [
    ['float32', /outputSignature holds "float32"/],
    [{ a: { shape: [-1] } }, /a size of -1 at a/],
    [{ shape: [2], dtype: 'float31' }, /float31/],
  ] as const)
    expect(() => Dataset.fromGenerator(() => [1], { outputSignature: signature as never })).toThrow(message);
});
