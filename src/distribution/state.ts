import { type ShuffleState, seedState, setSeedState, setShuffleState, shuffleState } from '../random/global-seed.ts';
import { download, upload } from '../runtime/storage.ts';
import type { Variable } from '../tensor/index.ts';
import type { Job } from './mpi/job.ts';

/** Sets variables on all ranks to the values of rank 0. */
export async function broadcastValues(job: Job, variables: readonly Variable[]): Promise<void> {
  for (const v of variables) {
    const data = await download(v.held);
    await job.broadcast(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    if (job.rank === 0) continue;
    if (isSeed(v)) data[0] = ownSeed(Number(data[0]), job.rank);
    v.assign(upload(data, v));
  }
}

/** Whether a variable is the state of a generator of seeds. */
export const isSeed = ({ aggregation, dtype }: Variable): boolean =>
  aggregation === 'only_first_replica' && dtype === 'uint32';

/** Derives a seed for each rank from that of rank 0; otherwise dropout would be the same on all. */
const ownSeed = (seed: number, rank: number): number => Math.imul(seed ^ Math.imul(rank, 0x9e3779b1), 0x85ebca6b) >>> 0;

const words = 625;
/** Synchronises the random state behind orders and initial values with rank 0. */
export function agreeOnSeeds(job: Job): void {
  const numbers = new Uint32Array(2 * words);
  const put = ({ words: given, used }: ShuffleState, at: number): void => numbers.set([...given, used], at);
  if (job.rank === 0) {
    put(seedState(), 0);
    put(shuffleState(), words);
  }
  job.broadcastNow(new Uint8Array(numbers.buffer));
  const stateAt = (at: number): ShuffleState => ({
    words: [...numbers.subarray(at, at + words - 1)],
    used: numbers[at + words - 1]!,
  });
  setSeedState(stateAt(0));
  setShuffleState(stateAt(words));
}

/** Broadcasts a JSON value from rank 0. */
export async function broadcastJson<T>(job: Job, value: T): Promise<T> {
  const head = new Uint8Array(256);
  const length = new Uint32Array(head.buffer, 0, 1);
  const bytes = job.rank === 0 ? new TextEncoder().encode(JSON.stringify(value)) : undefined;
  if (bytes) {
    length[0] = bytes.length;
    head.set(bytes.subarray(0, head.length - 4), 4);
  }
  await job.broadcast(head);
  // A short value is sent along with its length.
  const isShort = length[0]! <= head.length - 4;
  const text = isShort ? head.subarray(4, 4 + length[0]!) : (bytes ?? new Uint8Array(length[0]!));
  if (!isShort) await job.broadcast(text);
  return job.rank === 0 ? value : JSON.parse(new TextDecoder().decode(text));
}
