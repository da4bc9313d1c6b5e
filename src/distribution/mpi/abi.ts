/** What differs between MPI implementations: the representation of handles, and the names of libraries. */
export interface Abi {
  readonly name: string;
  /** Names of its library, as the system's loader knows them. */
  readonly libraries: readonly string[];
  /** Handles: numbers, or the names of the symbols whose addresses they are. */
  readonly handles: Readonly<Record<Handle, number | string>>;
  /** MPI_IN_PLACE. */
  readonly inPlace: number;
  /** MPI_STATUS_IGNORE. */
  readonly statusIgnore: number;
  /** MPI_THREAD_FUNNELED: all calls come from one thread. */
  readonly oneThread: number;
}
export type Handle = 'world' | 'byte' | 'float32' | 'float64' | 'sum';

/** MPICH and its derivatives (Intel MPI, MVAPICH, Cray MPICH): handles are 32-bit numbers. */
const mpich: Abi = {
  name: 'MPICH',
  libraries: ['libmpich.so.12', 'libmpi.so.12', 'libmpich.so', 'libmpi.so'],
  handles: {
    world: 0x44000000,
    byte: 0x4c00010d,
    float32: 0x4c00040a,
    float64: 0x4c00080b,
    sum: 0x58000003,
  },
  inPlace: -1,
  statusIgnore: 1,
  oneThread: 1,
};
/** Open MPI: handles are the addresses of its variables. */
const openMpi: Abi = {
  name: 'Open MPI',
  libraries: ['libmpi.so.40', 'libmpi.so'],
  handles: {
    world: 'ompi_mpi_comm_world',
    byte: 'ompi_mpi_byte',
    float32: 'ompi_mpi_float',
    float64: 'ompi_mpi_double',
    sum: 'ompi_mpi_op_sum',
  },
  inPlace: 1,
  statusIgnore: 0,
  oneThread: 1,
};
/** The standard ABI of MPI 5. */
const standard: Abi = {
  name: 'MPI 5',
  libraries: ['libmpi_abi.so.0', 'libmpi_abi.so'],
  handles: { world: 0x101, byte: 0x247, float32: 0x210, float64: 0x214, sum: 0x21 },
  inPlace: 1,
  statusIgnore: 0,
  oneThread: 1024,
};

/**
 * The ABI of a loaded library: MPI 5's is recognised by the standardised file name, others by their symbols and version
 * strings.
 */
export function abiOf(file: string, has: (symbol: string) => boolean, version: string): Abi | undefined {
  if (/mpi_abi/.test(file)) return standard;
  if (has('ompi_mpi_comm_world')) return openMpi;
  return /MPICH|Intel|MVAPICH/.test(version) ? mpich : undefined;
}

/** Which libraries to try, in order, under the launcher that set these variables. */
export function librariesFor(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const own = env['HORNBEAM_MPI'];
  if (own) return [own];
  const order = isOpenMpi(env) ? [openMpi, standard, mpich] : [mpich, standard, openMpi];
  return [...new Set(order.flatMap(({ libraries }) => libraries))];
}
const isOpenMpi = (env: Readonly<Record<string, string | undefined>>): boolean =>
  env['OMPI_COMM_WORLD_SIZE'] !== undefined || env['PMIX_RANK'] !== undefined;

/** How many processes the launcher started; undefined without one. */
export function launchedProcesses(env: Readonly<Record<string, string | undefined>>): number | undefined {
  for (const name of ['OMPI_COMM_WORLD_SIZE', 'PMI_SIZE', 'MV2_COMM_WORLD_SIZE'])
    if (env[name] !== undefined) return Number(env[name]);
  // A Slurm job sets its variables in the script too, where no step runs yet: only steps have these.
  const inStep = env['PMIX_RANK'] ?? env['PMI_RANK'] ?? env['SLURM_STEP_ID'];
  return inStep !== undefined && env['SLURM_NTASKS'] !== undefined ? Number(env['SLURM_NTASKS']) : undefined;
}
