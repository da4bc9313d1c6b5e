import { expect, test } from 'vitest';
import { makeProgram } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as primitives from '../../primitives/index.ts';
import type { Device } from '../device.ts';
import type { Machine } from './machine.ts';
import { Stopwatch } from './stopwatch.ts';
import { testDevice } from './testing.ts';

const device = await testDevice();
const mute = await testDevice({ timestamps: false });

const aval = { shape: [128, 128], dtype: 'float32' } as const;
/** Replaces `x` by the sines of its square. */
const program = () => {
  const x = new Tensor(aval);
  return makeProgram(
    'squared',
    [x],
    [primitives.sin(primitives.dot(x, x, { batch: [[], []], contract: [[1], [0]] }))],
    new Map([[0, 0]]),
  );
};
const values = Float32Array.from({ length: 128 * 128 }, (_, k) => Math.sin(k));

test.runIf(device)('every kernel of a program is timed, and its inputs stay', async () => {
  const executable = device!.compile(program());
  const x = device!.upload(values, 'float32');
  const held = device!.bytesInUse;
  const timing = await executable.time!([x], 20);
  if (!('ms' in timing)) return expect(timing.untimed).toContain('timestamp-query');
  expect(timing.where).toBe('on the GPU (mean of 20 runs)');
  expect(timing.ms).toHaveLength(executable.kernels.length);
  // Timestamps may be rounded: a short kernel may show none.
  expect(Math.min(...timing.ms)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...timing.ms)).toBeGreaterThan(0);
  expect(await device!.download(x, aval)).toEqual(values);
  expect(device!.bytesInUse).toBe(held);
});

test.runIf(device)('a loop may have more passes than a set has timestamps', async () => {
  const x = new Tensor({ shape: [8], dtype: 'float32' });
  const { carries } = primitives.scan(([y]) => ({ carries: [primitives.sin(y!)], results: [] }), [x], [], {
    length: 3000,
  });
  const executable = device!.compile(makeProgram('rounds', [x], carries));
  const timing = await executable.time!([device!.upload(new Float32Array(8), 'float32')], 1);
  if ('ms' in timing) expect(Math.max(...timing.ms)).toBeGreaterThan(0);
});

test('time that two passes share counts for the first, and what serves others for none', async () => {
  // Pass n says that it takes 3 ms, of which the first is the last of the pass before.
  const words = Array.from({ length: 3000 }, (_, n) => [
    BigInt(n) * 2_000_000n,
    BigInt(n) * 2_000_000n + 3_000_000n,
  ]).flat();
  const [device, machine] = gpuThatTells(words);
  const watch = new Stopwatch(device, 2);
  for (let n = 0; n < 3000; n++) watch.next([undefined, 0, 1][n % 3]);
  expect((await watch.read(machine)).map(Math.round)).toEqual([2000, 2000]);
});

/** A GPU whose query sets hold these words one after another. */
function gpuThatTells(words: readonly bigint[]): [GPUDevice, Machine] {
  const most = 4096;
  let sets = 0;
  const device = {
    createQuerySet: () => ({ from: most * sets++, destroy: () => {} }),
    createBuffer: () => ({ words: [] as readonly bigint[], destroy: () => {} }),
    createCommandEncoder: () => ({
      resolveQuerySet: (set: { from: number }, _: number, count: number, to: { words: readonly bigint[] }) => {
        to.words = words.slice(set.from, set.from + count);
      },
      finish: () => {},
    }),
    queue: { submit: () => {} },
  };
  const read = async (from: unknown): Promise<ArrayBuffer> =>
    BigUint64Array.from((from as { words: readonly bigint[] }).words).buffer;
  return [device, { read }] as unknown as [GPUDevice, Machine];
}

test.runIf(mute)('a GPU without timestamps says so', async () => {
  const x = (mute as Device).upload(values, 'float32');
  expect(await mute!.compile(program()).time!([x], 3)).toEqual({
    untimed: 'this GPU does not tell when its kernels began and ended (timestamp-query)',
  });
});
