import { fail } from '../../base/errors.ts';
import { loadKoffi } from '../../devices/host/koffi.ts';
import { type Abi, abiOf, type Handle, librariesFor } from './abi.ts';
import { spareFullHeap } from './heap-room.ts';

/** Memory that MPI reads and writes: an array of JavaScript's, or an address. */
export type Memory = ArrayBufferView | number;

/** The MPI functions that training uses. Each returns 0 on success. */
export interface Functions {
  MPI_Init_thread(argc: null, argv: null, required: number, provided: Int32Array): number;
  MPI_Comm_rank(comm: number, rank: Int32Array): number;
  MPI_Comm_size(comm: number, size: Int32Array): number;
  MPI_Iallreduce(
    from: number,
    to: bigint | number,
    count: number,
    type: number,
    op: number,
    comm: number,
    request: BigInt64Array,
  ): number;
  MPI_Ibcast(
    memory: bigint | number,
    count: number,
    type: number,
    root: number,
    comm: number,
    request: BigInt64Array,
  ): number;
  MPI_Isend(
    memory: bigint | number,
    count: number,
    type: number,
    to: number,
    tag: number,
    comm: number,
    request: BigInt64Array,
  ): number;
  MPI_Iprobe(from: number, tag: number, comm: number, flag: Int32Array, status: number): number;
  MPI_Recv(
    memory: bigint | number,
    count: number,
    type: number,
    from: number,
    tag: number,
    comm: number,
    status: number,
  ): number;
  MPI_Test(request: BigInt64Array, flag: Int32Array, status: number): number;
  MPI_Barrier(comm: number): number;
  MPI_Abort(comm: number, code: number): number;
  MPI_Finalize(): number;
}

/** A loaded MPI. */
export interface Mpi {
  readonly functions: Functions;
  readonly abi: Abi;
  readonly handles: Readonly<Record<Handle, number>>;
  /** Its version string. */
  readonly version: string;
  addressOf(array: ArrayBufferView): bigint;
  /** Ends the process at once, without running exit hooks of other libraries. */
  exit(code: number): never;
}

interface Koffi {
  load(path: string | null, options?: { readonly global: boolean }): Library;
  address(value: unknown): bigint;
}
interface Library {
  func(prototype: string): (...args: never[]) => number;
}

/** Handles are passed as 64 bits; if they have 32, the upper half is ignored. */
const prototypes: Readonly<Record<keyof Functions, string>> = {
  MPI_Init_thread: 'int MPI_Init_thread(void *argc, void *argv, int required, void *provided)',
  MPI_Comm_rank: 'int MPI_Comm_rank(int64_t comm, void *rank)',
  MPI_Comm_size: 'int MPI_Comm_size(int64_t comm, void *size)',
  MPI_Iallreduce:
    'int MPI_Iallreduce(int64_t from, int64_t to, int count, int64_t type, int64_t op, int64_t comm, void *request)',
  MPI_Ibcast: 'int MPI_Ibcast(int64_t memory, int count, int64_t type, int root, int64_t comm, void *request)',
  MPI_Isend: 'int MPI_Isend(int64_t memory, int count, int64_t type, int to, int tag, int64_t comm, void *request)',
  MPI_Iprobe: 'int MPI_Iprobe(int from, int tag, int64_t comm, void *flag, int64_t status)',
  MPI_Recv: 'int MPI_Recv(int64_t memory, int count, int64_t type, int from, int tag, int64_t comm, int64_t status)',
  MPI_Test: 'int MPI_Test(void *request, void *flag, int64_t status)',
  MPI_Barrier: 'int MPI_Barrier(int64_t comm)',
  MPI_Abort: 'int MPI_Abort(int64_t comm, int code)',
  MPI_Finalize: 'int MPI_Finalize()',
};
const versionBytes = 8192;

/** Loads the MPI library that the launcher's environment variables point to. */
export function loadMpi(env: Readonly<Record<string, string | undefined>> = process.env): Mpi {
  const koffi = loadKoffi<Koffi>('distribution.initialize', 'npm install koffi, or start one process without mpirun');
  spareFullHeap(process.env);
  const { file, library } = firstLibrary(koffi, librariesFor(env));
  const c = koffi.load(null);
  const dlsym = c.func('uint64_t dlsym(void *library, const char *name)') as (at: null, name: string) => number;
  const describe = library.func('int MPI_Get_library_version(void *text, void *length)') as (
    text: Uint8Array,
    length: Int32Array,
  ) => number;
  const text = new Uint8Array(versionBytes);
  const length = new Int32Array(1);
  describe(text, length);
  const version = new TextDecoder().decode(text.subarray(0, length[0])).replace(/\0[\s\S]*$/, '');
  const abi =
    abiOf(file, (symbol) => dlsym(null, symbol) !== 0, version) ??
    fail(
      'distribution.initialize',
      `the library ${file} ("${version.split('\n', 1)[0]}") writes its handles in a way that is not known here`,
      'use MPICH, Intel MPI, MVAPICH, Open MPI, or a library of the MPI 5 ABI (libmpi_abi.so)',
    );
  const handles = Object.fromEntries(
    Object.entries(abi.handles).map(([name, at]) => [name, typeof at === 'number' ? at : dlsym(null, at)]),
  ) as Record<Handle, number>;
  const functions: Functions = Object.fromEntries(
    Object.entries(prototypes).map(([name, prototype]) => [name, library.func(prototype)]),
  ) as Record<keyof Functions, (...args: never[]) => number>;
  return {
    functions,
    abi,
    handles,
    version,
    addressOf: (array) => koffi.address(array),
    exit: c.func('void _exit(int code)') as (code: number) => never,
  };
}

function firstLibrary(koffi: Koffi, names: readonly string[]): { file: string; library: Library } {
  const problems: string[] = [];
  for (const file of names)
    try {
      // Open MPI's plug-ins look for its symbols in the global namespace.
      return { file, library: koffi.load(file, { global: true }) };
    } catch (error) {
      problems.push((error as Error).message.split('\n', 1)[0]!);
    }
  return fail(
    'distribution.initialize',
    `no library of MPI could be loaded (${problems.join('; ')})`,
    'install the MPI whose mpirun started this process, or name its library: HORNBEAM_MPI=/path/to/libmpi.so',
  );
}
