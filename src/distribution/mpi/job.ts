import { fail } from '../../base/errors.ts';
import { launchedProcesses } from './abi.ts';
import { Farewells } from './farewells.ts';
import { loadMpi, type Memory, type Mpi } from './library.ts';

type Floats = 'float32' | 'float64';

/** The group of processes that train together, as seen by one of them. */
export interface Job {
  /** This process's number, from 0. */
  readonly rank: number;
  /** How many there are. */
  readonly size: number;
  /** This process's number on its machine. */
  readonly localRank: number;
  /** Number of processes on its machine. */
  readonly localSize: number;
  /** The version string of MPI. */
  readonly version: string;
  /** Sums the elements over all processes, in place. */
  reduce(parts: readonly Part[]): Promise<void>;
  /** The same synchronously. */
  reduceNow(parts: readonly Part[]): void;
  /** Broadcasts the bytes of a process, 0 when absent. */
  broadcast(bytes: Uint8Array, from?: number): Promise<void>;
  /** The same synchronously, for few bytes. */
  broadcastNow(bytes: Uint8Array): void;
  /** Ends all processes. */
  abort(code: number): never;
}
/** Memory to reduce. */
export interface Part {
  readonly memory: Memory;
  readonly count: number;
  readonly dtype: Floats;
}

let known: Job | undefined;
let isSought = false;

/** The job that this process is part of; undefined if it is alone. */
export function currentJob(): Job | undefined {
  if (isSought) return known;
  isSought = true;
  const expected = launchedProcesses(process.env) ?? 1;
  if (expected > 1) known = join(loadMpi(), expected);
  return known;
}

/** The most elements or bytes of one call: counts of MPI have 31 bits. */
const most = 2 ** 30;
/** Milliseconds of pure polling before timers and signals get turns in between. */
const patience = 1;
/** Milliseconds of waiting after which a process polls less often, and now and then for whether the others have ended. */
const pause = 100;
/** Milliseconds of waiting after which a message is printed. */
const long = 30_000;

function join(mpi: Mpi, expected: number): Job {
  const { functions: f, handles, abi } = mpi;
  const { world } = handles;
  const check = (code: number, what: string): void => {
    if (code !== 0) fail('distribution', `${what} gave the error ${code}`, 'see what MPI printed');
  };
  const provided = new Int32Array(1);
  check(f.MPI_Init_thread(null, null, abi.oneThread, provided), 'MPI_Init_thread');
  const rank = numberFrom((out) => check(f.MPI_Comm_rank(world, out), 'MPI_Comm_rank'));
  const size = numberFrom((out) => check(f.MPI_Comm_size(world, out), 'MPI_Comm_size'));
  if (size !== expected)
    fail(
      'distribution.initialize',
      `the launcher started ${expected} processes, but MPI ("${mpi.version.split('\n', 1)[0]}") knows of ${size}`,
      'start with the mpirun of that MPI, or name the library of the one that started it: HORNBEAM_MPI=/path/to/libmpi.so',
    );

  const farewells = new Farewells(mpi, rank, size);
  /** How many sums and broadcasts this process has begun. */
  let begun = 0;
  let looked = 0;
  /** Ends a wait for a process that ended. */
  const checkOthers = (now: number): void => {
    if (now - looked < pause) return;
    looked = now;
    const gone = farewells.missing(begun);
    if (gone !== undefined)
      fail(
        'distribution',
        `process ${gone} of ${size} has ended, and process ${rank} waits for it`,
        'let all processes call fit and evaluate alike, and end together: nothing of them may stand behind if (dataShardId === 0)',
      );
  };
  type Request = () => boolean;
  const started = (start: (request: BigInt64Array) => number, what: string): Request => {
    const request = new BigInt64Array(1);
    const flag = new Int32Array(1);
    begun++;
    check(start(request), what);
    return () => {
      check(f.MPI_Test(request, flag, abi.statusIgnore), what);
      return flag[0] !== 0;
    };
  };
  /** In pieces, if there is more than MPI can count. */
  const pieces = (
    memory: Memory,
    count: number,
    bytes: number,
    start: (at: bigint, n: number) => Request,
  ): Request[] => {
    const at = typeof memory === 'number' ? BigInt(memory) : mpi.addressOf(memory);
    const all: Request[] = [];
    for (let done = 0; done < count; done += most)
      all.push(start(at + BigInt(done * bytes), Math.min(most, count - done)));
    return all;
  };
  const reducing = ({ memory, count, dtype }: Part): Request[] =>
    pieces(memory, count, dtype === 'float32' ? 4 : 8, (at, n) =>
      started(
        (request) => f.MPI_Iallreduce(abi.inPlace, at, n, handles[dtype], handles.sum, world, request),
        'MPI_Iallreduce',
      ),
    );
  const spreading = (bytes: Uint8Array, from = 0): Request[] =>
    pieces(bytes, bytes.length, 1, (at, n) =>
      started((request) => f.MPI_Ibcast(at, n, handles.byte, from, world, request), 'MPI_Ibcast'),
    );
  const waitNow = (requests: readonly Request[]): void => {
    const start = performance.now();
    for (const isDone of requests)
      while (!isDone()) {
        const now = performance.now();
        if (now - start > pause) checkOthers(now);
      }
  };
  /** Alternates with timers and signals once it takes longer. */
  const wait = async (requests: readonly Request[]): Promise<void> => {
    const start = performance.now();
    let isSaid = false;
    for (const isDone of requests)
      while (!isDone()) {
        const now = performance.now();
        const waited = now - start;
        if (waited < patience) continue;
        if (waited > pause) checkOthers(now);
        if (waited > long && !isSaid) {
          console.warn(
            `distribution: process ${rank} of ${size} has waited ${long / 1000} s for the others. Fix: see whether one of them is slow or cut off; the wait goes on.`,
          );
          isSaid = true;
        }
        await new Promise<void>((resolve) => void (waited < pause ? setImmediate(resolve) : setTimeout(resolve, 1)));
      }
  };

  const job: Job = {
    rank,
    size,
    ...placeAmong(rank, size, (memory) => waitNow(reducing({ memory, count: size, dtype: 'float64' }))),
    version: mpi.version,
    reduce: (parts) => wait(parts.flatMap(reducing)),
    reduceNow: (parts) => waitNow(parts.flatMap(reducing)),
    broadcast: (bytes, from) => wait(spreading(bytes, from)),
    broadcastNow: (bytes) => waitNow(spreading(bytes)),
    abort(code) {
      // The launcher may end without reading what was written just before: it gets time to.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 250);
      f.MPI_Abort(world, code);
      return mpi.exit(code);
    },
  };
  leaveWell(job, mpi, () => farewells.leave(begun));
  return job;
}

/** A failing process ends the others, which would wait for it forever. */
function leaveWell(job: Job, { functions, exit }: Mpi, meet: () => void): void {
  let problem: unknown;
  process.on('uncaughtExceptionMonitor', (error) => {
    problem = error;
  });
  process.on('exit', (code) => {
    if (code !== 0) {
      const end = `distribution: process ${job.rank} of ${job.size} ended with exit code ${code}, and the others are ended with it`;
      // Print the error now, since Node would do so only later, and in one piece, since the launcher may drop output
      // while it ends all processes.
      console.error(...(problem === undefined ? [`${end}.`] : [`${end}:`, problem]));
      job.abort(code);
    }
    meet();
    functions.MPI_Finalize();
    // Exit hooks left by Open MPI 4.1 crash at the end of a process.
    exit(code);
  });
}

function numberFrom(ask: (out: Int32Array) => void): number {
  const out = new Int32Array(1);
  ask(out);
  return out[0]!;
}

/** The process's number on its machine, from the names of all machines. */
function placeAmong(
  rank: number,
  size: number,
  sum: (numbers: Float64Array) => void,
): { localRank: number; localSize: number } {
  const names = new Float64Array(size);
  names[rank] = hashOf(process.getBuiltinModule('node:os').hostname());
  sum(names);
  const isHere = (name: number): boolean => name === names[rank];
  return { localRank: names.subarray(0, rank).filter(isHere).length, localSize: names.filter(isHere).length };
}
/** A 53-bit hash of a text. */
function hashOf(text: string): number {
  const { createHash } = process.getBuiltinModule('node:crypto');
  const bytes = createHash('sha256').update(text).digest();
  return Number(bytes.readBigUInt64LE() >> 11n);
}
