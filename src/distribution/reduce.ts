import { fail } from '../base/errors.ts';
import { download, storageOf, upload } from '../runtime/storage.ts';
import type { Tensor } from '../tensor/index.ts';
import type { Job, Part } from './mpi/job.ts';

/** The sums of some numbers over all ranks. */
export const summed = (job: Job, numbers: readonly number[]): Promise<Float64Array> => reduce(job, [], numbers);

/** Sums buckets over all ranks, in place if their memory is accessible, and some numbers, which it returns. */
export async function reduce(job: Job, buckets: readonly Tensor[], numbers: readonly number[]): Promise<Float64Array> {
  const copies: { bucket: Tensor; data: Float32Array }[] = [];
  const parts: Part[] = [];
  for (const bucket of buckets) {
    const { device, buffer } = storageOf(bucket);
    const count = bucket.shape[0]!;
    let memory = device.memory?.(buffer);
    if (memory === undefined) {
      const data = (await download(bucket)) as Float32Array;
      copies.push({ bucket, data });
      memory = data;
    }
    parts.push({ memory, count, dtype: 'float32' });
  }
  const memory = Float64Array.from(numbers);
  await job.reduce([...parts, { memory, count: memory.length, dtype: 'float64' }]);
  for (const { bucket, data } of copies) {
    const { device, buffer } = storageOf(upload(data, bucket));
    storageOf(bucket).move(device, buffer);
  }
  return memory;
}

/** Sums buckets over all ranks in place, before anything else happens. */
export function reduceNow(job: Job, buckets: readonly Tensor[]): void {
  const parts = buckets.map((bucket): Part => {
    const { device, buffer } = storageOf(bucket);
    const memory =
      device.memory?.(buffer) ??
      fail(
        'distribution',
        `the memory of the ${device.name} device must be waited for, which a step that runs op by op cannot do`,
        'compile without runEagerly, or train on another device',
      );
    return { memory, count: bucket.shape[0]!, dtype: 'float32' };
  });
  job.reduceNow(parts);
}
