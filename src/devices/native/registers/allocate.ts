import type { Register } from '../encoder/operands.ts';
import type { Code } from './code.ts';

/** Registers that can be allocated to values; the others are scratch. */
export interface Available {
  readonly general: readonly number[];
  readonly vector: readonly number[];
}

/** rax, rcx, rdx and the first three vector registers are reserved for spilled values and divisions. */
export const scratch = { base: 0, operand: 1, index: 2, vectors: [0, 1, 2] } as const;

export function availableRegisters(lanes: number): Available {
  const vectors = lanes === 16 ? 32 : 16;
  return {
    general: [3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    vector: Array.from({ length: vectors - scratch.vectors.length }, (_, i) => i + scratch.vectors.length),
  };
}

/**
 * Linear-scan register allocation (Poletto and Sarkar 1999). When registers run out, the value with the lowest weight
 * is spilled to the frame for its whole live range. Returns the size of the frame in bytes.
 */
export function allocate(code: Code, available: Available): number {
  const sets = { general: new Pool(available.general), vector: new Pool(available.vector) };
  let bytes = Math.ceil(code.frameBytes / 64) * 64;
  const inFrame = (register: Register): void => {
    register.at = -1;
    register.slot = bytes;
    bytes += 64;
  };
  const used = code.registers.filter(({ start }) => start >= 0);
  for (const register of used)
    if (register.outer && register.outer.end > register.end) register.end = register.outer.end;
  used.sort((a, b) => a.start - b.start);
  for (const register of used) {
    if (isAcross(code.calls, register)) {
      inFrame(register);
      continue;
    }
    const pool = sets[register.kind];
    pool.release(register.start);
    const loser = pool.give(register);
    if (loser) inFrame(loser);
  }
  return bytes;
}

/** Whether a value is live across a call. */
function isAcross(calls: readonly number[], { start, end }: Register): boolean {
  let [low, high] = [0, calls.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (calls[middle] <= start) low = middle + 1;
    else high = middle;
  }
  return low < calls.length && calls[low] < end;
}

/** The registers of one kind, and the values that occupy them. */
class Pool {
  private readonly free: number[];
  private active: Register[] = [];

  constructor(numbers: readonly number[]) {
    this.free = [...numbers].reverse();
  }

  /** Frees the registers of values whose live range ended before a position. */
  release(position: number): void {
    const still: Register[] = [];
    for (const register of this.active)
      if (register.end > position) still.push(register);
      else this.free.push(register.at);
    this.active = still;
  }

  /** Allocates a register; returns the value that is spilled for it, perhaps the new one itself. */
  give(register: Register): Register | undefined {
    const next = this.free.pop();
    if (next !== undefined) {
      register.at = next;
      this.active.push(register);
      return undefined;
    }
    const cost = ({ weight, start, end }: Register): number => weight / (end - start + 1);
    let loser = register;
    for (const other of this.active) if (cost(other) < cost(loser)) loser = other;
    if (loser !== register) {
      register.at = loser.at;
      this.active[this.active.indexOf(loser)] = register;
    }
    return loser;
  }
}
