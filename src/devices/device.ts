import type { DType, TypedArray } from '../base/dtype.ts';
import type { KernelReport } from '../compiler/plan.ts';
import type { Program } from '../ir/program.ts';
import type { Aval } from '../ir/tensor.ts';

export type { KernelReport } from '../compiler/plan.ts';
export type { Scope } from '../ir/scope.ts';

/** A device's own bytes for one array. */
export interface Buffer {
  /** Size of the array in bytes. */
  readonly bytes: number;
}

/** How long each kernel of a program takes and where that was measured (`on one thread`), or why it cannot be told. */
export type Timing = { readonly ms: readonly number[]; readonly where: string } | { readonly untimed: string };

/** A program made ready for a device. */
export interface Executable {
  /** What was compiled. */
  readonly program: Program;
  /** Kernels in order, for `explain()`. */
  readonly kernels: readonly KernelReport[];
  /** Bytes of intermediates that the plan needs at the same time. */
  readonly scratchBytes: number;
  /**
   * Runs it. Gives one buffer an output: a new one, or the donated input's own, updated in place. Does not wait for a GPU.
   */
  run(inputs: readonly Buffer[]): Buffer[];
  /** Times each kernel in some runs on copies of these inputs. Gives a promise where the device must be waited for. */
  time?(inputs: readonly Buffer[], rounds: number): Timing | Promise<Timing>;
}

/** What a place where programs run must be able to do. */
export interface Device {
  /** The name by which `keras.config.setDevice` chooses it. */
  readonly name: string;
  /** Until it settles, programs are compiled for less than the whole device, as before a page's threads have started. */
  readonly ready?: Promise<void> | undefined;
  /** Whether its bytes cannot be read at once: `download` gives a promise. */
  readonly isRemote?: boolean;
  /** It broke off, and what it held is gone. */
  readonly isLost?: boolean;
  /** Makes a program ready to run; every later run of it uses the result. */
  compile(program: Program): Executable;
  /** Copies elements in, as stored (16-bit floats as their bits). */
  upload(data: TypedArray, dtype: DType): Buffer;
  /** A buffer of zero bytes; where a device has no quicker way than to upload or compute them, they are. */
  zeros?(bytes: number): Buffer;
  /** Copies elements out. Synchronous where the device can; else a promise. */
  download(buffer: Buffer, aval: Aval): TypedArray | Promise<TypedArray>;
  /** A second buffer with the same bytes. */
  copy(buffer: Buffer): Buffer;
  /** Gives the bytes back; the buffer is not used afterwards. */
  free(buffer: Buffer): void;
  /** The bytes themselves, or their address, where other libraries can read and write them: until the buffer is freed. */
  memory?(buffer: Buffer): ArrayBufferView | number;
  /** Bytes held by buffers that were not freed. */
  readonly bytesInUse: number;
}
