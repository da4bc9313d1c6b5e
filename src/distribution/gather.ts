import { fail } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { hostTensor } from '../runtime/host-tensor.ts';
import { download } from '../runtime/storage.ts';
import { type Tensor, tensorsIn, withTensors } from '../tensor/index.ts';
import type { Job } from './mpi/job.ts';
import { summed } from './reduce.ts';

/** A nest of tensors with the rows of all ranks, of which this one has the first `rows` of `size`; tensors without rows stay. */
export async function gathered<T>(nest: T, { rows, size }: { rows: number; size: number }, job: Job): Promise<T> {
  const tensors = tensorsIn(nest);
  const isCut = ({ shape }: Tensor): boolean => shape.length > 0 && shape[0] === size;
  const widths = tensors.map((t) => (isCut(t) ? sizeOf(t.shape.slice(1)) : 0));
  const own = Array.from({ length: job.size }, (_, rank) => (rank === job.rank ? rows : 0));
  const told = await summed(job, [...own, ...widths.flatMap((width) => [width, width ** 2])]);
  const counts = [...told.subarray(0, job.size)];
  // Numbers are alike where the mean of their squares is the square of their mean.
  const differing = widths.findIndex((_, k) => {
    const [sum, squares] = told.subarray(job.size + 2 * k);
    return sum! ** 2 !== squares! * job.size;
  });
  if (differing >= 0 || tensors.some((t) => t.dtype === 'string'))
    fail(
      'distribution',
      differing >= 0
        ? 'labels or predictions for a metric that runs on the host differ in shape between processes'
        : 'strings for a metric that runs on the host cannot be collected from all processes',
      'leave the metric out of compile(), and use it on rank 0 on what predict() gives',
    );
  const all: Tensor[] = [];
  for (const [k, t] of tensors.entries()) all.push(isCut(t) ? await rowsOfAll(t, widths[k]!, counts, job) : t);
  return withTensors(nest, all);
}

async function rowsOfAll(t: Tensor, width: number, counts: readonly number[], job: Job): Promise<Tensor> {
  const data = await download(t);
  const startOf = (rank: number): number => counts.slice(0, rank).reduce((sum, n) => sum + n, 0) * width;
  const all = new (data.constructor as new (length: number) => typeof data)(startOf(job.size));
  all.set(data.subarray(0, counts[job.rank]! * width), startOf(job.rank));
  for (let rank = 0; rank < job.size; rank++) {
    const [from, to] = [startOf(rank), startOf(rank + 1)].map((at) => at * all.BYTES_PER_ELEMENT) as [number, number];
    if (to > from) await job.broadcast(new Uint8Array(all.buffer, from, to - from), rank);
  }
  const [, ...rest] = t.shape;
  return hostTensor(all, { shape: [counts.reduce((sum, n) => sum + n, 0), ...rest], dtype: t.dtype });
}
