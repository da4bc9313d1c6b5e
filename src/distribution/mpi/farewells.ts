import type { Mpi } from './library.ts';

/** The tag of messages in which a process says that it ends. */
const tag = 7;
/** Milliseconds between the last message and `MPI_Finalize`. */
const rest = 100;

/** What processes tell each other when they end: how much of what all do together they have begun, so that nobody waits for the rest. */
export class Farewells {
  readonly #mpi: Mpi;
  readonly #rank: number;
  readonly #size: number;
  /** How much those that ended had begun. */
  readonly #ended = new Map<number, number>();
  readonly #flag = new Int32Array(1);
  readonly #told = new Float64Array(1);

  constructor(mpi: Mpi, rank: number, size: number) {
    this.#mpi = mpi;
    this.#rank = rank;
    this.#size = size;
  }
  /** Takes what has come. */
  #look(): void {
    const { functions: f, handles, abi, addressOf } = this.#mpi;
    for (let from = 0; from < this.#size; from++) {
      if (from === this.#rank || this.#ended.has(from)) continue;
      f.MPI_Iprobe(from, tag, handles.world, this.#flag, abi.statusIgnore);
      if (this.#flag[0] === 0) continue;
      f.MPI_Recv(addressOf(this.#told), 8, handles.byte, from, tag, handles.world, abi.statusIgnore);
      this.#ended.set(from, this.#told[0]!);
    }
  }
  /** A process that ended before it began what this one waits for. */
  missing(begun: number): number | undefined {
    this.#look();
    return [...this.#ended].find(([, reached]) => reached < begun)?.[0];
  }
  /** Says that this process ends, and waits until all do. */
  leave(begun: number): void {
    const { functions: f, handles, abi, addressOf } = this.#mpi;
    const mine = Float64Array.of(begun);
    const requests = Array.from({ length: this.#size }, (_, to) => {
      const request = new BigInt64Array(1);
      if (to !== this.#rank) f.MPI_Isend(addressOf(mine), 8, handles.byte, to, tag, handles.world, request);
      return request;
    });
    const still = new Int32Array(new SharedArrayBuffer(4));
    for (;;) {
      this.#look();
      if (this.#ended.size === this.#size - 1) break;
      Atomics.wait(still, 0, 0, 1);
    }
    requests.forEach((request, to) => {
      this.#flag[0] = 0;
      while (to !== this.#rank && this.#flag[0] === 0) f.MPI_Test(request, this.#flag, abi.statusIgnore);
    });
    // MPICH over TCP closes connections in `MPI_Finalize`, and hangs if it answered another process's closing before:
    // no process may close while another still asks for messages.
    f.MPI_Barrier(handles.world);
    Atomics.wait(still, 0, 0, rest);
  }
}
