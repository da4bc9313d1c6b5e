import type { LinearCode, LinearTarget } from '../../codegen/linear/ir.ts';
import type { Callable, Label, Local, MemoryLane, Operand, Store, ValueType } from '../wasm/encoder/index.ts';

/** A block of outputs held in registers: `rows` rows of `vectors` vectors of columns. */
export interface Block {
  readonly rows: number;
  readonly vectors: number;
}

/** Byte distances of a micro-kernel's operands. */
export interface Steps {
  /** From a row of A to the next. */
  readonly aRow: number;
  /** From so many rows of A to the next ones, where that is not as many times `aRow`. */
  readonly aLine?: { readonly rows: number; readonly bytes: number };
  /** From A's element k to k + 1. */
  readonly aK: number;
  /** From B's row k (of `vectors` vectors in a row) to k + 1. */
  readonly bK: number;
  /** Behind every so many elements k of A, these bytes are left out. */
  readonly aRun?: { readonly length: number; readonly skip: number };
}

/**
 * A kernel function under construction, in WebAssembly's terms: `i32` are numbers and addresses, as wide as the
 * machine's; `v128` is four floats. Work on vectors of the machine's full width goes through `KernelMachine`.
 */
export interface KernelFunction extends Callable {
  readonly params: readonly Local[];
  local(type: 'i32' | 'v128'): Local;
  let(type: 'i32' | 'v128', value: Operand): Local;
  set(local: Local, value: Operand): void;
  increment(local: Local, amount: Operand): void;
  /** Subtracts `amount` and jumps to `again` while the result is positive. */
  countDown(local: Local, amount: number, again: Label): void;
  store(name: Store, address: Operand, value: Operand, offset?: number): void;
  memoryLane(name: MemoryLane, index: number, address: Operand, value: Operand, offset?: number): void;
  memoryFill(target: Operand, value: Operand, count: Operand): void;
  call(callee: Callable, ...args: Operand[]): void;
  scope<T>(body: () => T): T;
  block(body: (end: Label) => void): void;
  loop(body: (again: Label) => void): void;
  if(condition: Operand, then: () => void, otherwise?: () => void): void;
  br(label: Label): void;
  brIf(label: Label, condition: Operand): void;
  for(local: Local, from: Operand, to: Operand, step: number, body: () => void): void;
}

/** What kernels need from a machine: its sizes, and the operations that each machine does in its own way. */
export interface KernelMachine {
  readonly target: LinearTarget;
  /** Floats in a vector. */
  readonly lanes: number;
  /** The most lines that are packed by transposition. */
  readonly tallest: number;
  /** The block for so many rows and columns that keeps most registers busy with little padding. */
  blockFor(rows: number, columns: number): Block;
  func(name: string, params: readonly ValueType[]): KernelFunction;
  /** The function of that name, made on first use. */
  once<F extends Callable>(name: string, make: () => F): F;
  /** Waits for all threads. */
  barrier(f: KernelFunction, threadIndex: Local, threadCount: Local): void;
  /**
   * The function `(a, b, tile, count, accumulate)`: tile[i, j] (+)= sum over k < count of A[i, k] B[k, j], for one block.
   * `tile` is dense; it is added to if `accumulate` is not 0, else overwritten.
   */
  microKernel(block: Block, steps: Steps): Callable;
  /**
   * The same for operands that are both contiguous along k, with very few rows and columns: distances in bytes from a row of A,
   * and from a column of B, to the next. Rows of the tile are a vector apart.
   */
  dotKernel(rows: number, columns: number, aRow: number, bColumn: number): Callable;

  /** A new local that holds a full vector. */
  vector(f: KernelFunction): Local;
  zero(f: KernelFunction, vector: Local): void;
  load(f: KernelFunction, vector: Local, address: Operand, offset?: number): void;
  /** sum = a · b + sum. */
  multiplyAdd(f: KernelFunction, sum: Local, a: Local, b: Local): void;
}

/** A machine that copies vectors. */
export interface StoringMachine extends KernelMachine {
  store(f: KernelFunction, vector: Local, address: Operand): void;
}

/** A machine on which the tails of contractions can be written too. */
export interface TailMachine extends KernelMachine {
  /** Inlines register code into a function; `given` are its parameters. */
  piece(f: KernelFunction, code: LinearCode, given: readonly Local[]): void;
  /**
   * Runs code for each of the first `count` lanes of a vector in turn, given the lane's value and `first` plus its
   * number.
   */
  eachElement(
    f: KernelFunction,
    vector: Local,
    count: number,
    first: Local,
    body: (at: Local, element: Local) => void,
  ): void;
}

/** Bytes from the first row of A to row `i`. */
export const rowOffset = ({ aRow, aLine }: Steps, i: number): number =>
  aLine ? Math.floor(i / aLine.rows) * aLine.bytes + (i % aLine.rows) * aRow : i * aRow;

/** Steps of operands packed into panels: A by k, then row; B by k, then column. */
export const packedSteps = ({ rows, vectors }: Block, lanes: number): Steps => ({
  aRow: 4,
  aK: 4 * rows,
  bK: 4 * lanes * vectors,
});
