import type { LinearTarget } from '../../../codegen/linear/ir.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import type { Assembler, Instruction, Label, Length } from '../encoder/assembler.ts';
import { type Encoding, x86 } from '../encoder/instructions.ts';
import type { Memory, Register } from '../encoder/operands.ts';
import { type Available, availableRegisters } from '../registers/allocate.ts';
import { Code } from '../registers/code.ts';

/** The target with vectors of `lanes` 32-bit elements. */
export const machine = (lanes: 8 | 16): LinearTarget => ({ lanes, fused: true, instructions: new Set() });

/** The last operand of an instruction: a register, memory, or one element of memory broadcast to all lanes. */
export interface Source {
  readonly m: Register | Memory;
  readonly broadcast?: boolean;
}

export type Name = keyof typeof x86;
type More = Pick<Instruction, 'immediate' | 'mask' | 'zero'>;

/** Takes the instructions of a function, in the terms that emitters use. */
export class Context {
  readonly code = new Code();
  readonly assembler: Assembler;
  readonly lanes: 8 | 16;
  /** The label of the C function for an f64 operation. */
  readonly hostFunction: (name: ScalarOp) => Label;
  /** The register numbers that may be allocated. */
  readonly available: Available;

  constructor(
    assembler: Assembler,
    lanes: 8 | 16,
    hostFunction: Context['hostFunction'],
    available = availableRegisters(lanes),
  ) {
    this.available = available;
    this.assembler = assembler;
    this.lanes = lanes;
    this.hostFunction = hostFunction;
  }

  /** Whether the machine has AVX-512, with its masks and 32 registers. */
  get isLarge(): boolean {
    return this.lanes === 16;
  }

  /** Register width for so many elements; single floats live in vector registers too. */
  length(lanes: number): Length {
    return lanes === 16 ? 512 : lanes === 8 ? 256 : 128;
  }

  vector(): Register {
    return this.code.register('vector');
  }
  general(): Register {
    return this.code.register('general');
  }

  /** The vector instruction a = f(v, m). */
  three(
    name: Name,
    v: Register,
    { m, broadcast }: Source,
    length: Length,
    into = this.vector(),
    more: More = {},
  ): Register {
    this.code.emit({ encoding: x86[name], a: into, v, m, ...(broadcast && { broadcast }), length, ...more });
    return into;
  }

  /** The vector instruction a = f(m). */
  two(name: Name, { m, broadcast }: Source, length: Length, into = this.vector(), more: More = {}): Register {
    this.code.emit({ encoding: x86[name], a: into, m, ...(broadcast && { broadcast }), length, ...more });
    return into;
  }

  /** A vector shifted by a constant. */
  shift(
    name: 'vpslld' | 'vpsrld' | 'vpsrad' | 'vpsllq' | 'vpsrlq',
    m: Register,
    by: number,
    length: Length,
    into = this.vector(),
  ): Register {
    this.code.emit({ encoding: x86[name], v: into, m, immediate: by, length });
    return into;
  }

  /** A store, or another instruction that writes its last operand. */
  write(name: Name, a: Register, m: Register | Memory, length: Length, immediate?: number): void {
    this.code.emit({ encoding: x86[name], a, m, length, immediate });
  }

  move(to: Register, from: Register): void {
    if (to !== from) {
      if (to.kind === 'vector') this.two('vmovups', { m: from }, this.length(this.lanes), to);
      else this.code.emit({ encoding: x86.mov, a: to, m: from, wide: true });
    }
  }

  /** An instruction on general registers. */
  word(encoding: Encoding | Name, operands: Omit<Instruction, 'encoding'>): void {
    this.code.emit({ encoding: typeof encoding === 'string' ? x86[encoding] : encoding, ...operands });
  }

  /** An integer of any size in a 64-bit general register. */
  number(x: number, to = this.general()): Register {
    if (x === 0) this.word('xor', { a: to, m: to });
    else if (isShort(x)) this.word('movNumber', { m: to, immediate: x, wide: true });
    else {
      this.word('movNumber', { m: to, immediate: Math.floor(x / 2 ** 31), wide: true });
      this.word('shl', { m: to, immediate: 31, wide: true });
      this.word('orNumber', { m: to, immediate: x - Math.floor(x / 2 ** 31) * 2 ** 31, wide: true });
    }
    return to;
  }

  /** Adds a constant to a 64-bit register. */
  add(to: Register, x: number): void {
    if (isShort(x)) this.word('addNumber', { m: to, immediate: x, wide: true });
    else this.word('add', { a: to, m: this.number(x), wide: true });
  }

  /** A constant in all lanes, as an operand, given its bits as one or two words. */
  bits(words: readonly number[], length: Length): Source {
    if (length === 512 && words.length === 1) return { m: this.assembler.constant(words), broadcast: true };
    const count = length / 32 / words.length;
    return { m: this.assembler.constant(Array.from({ length: count }, () => words).flat()) };
  }

  /** A constant with a different word in each lane. */
  series(words: readonly number[]): Memory {
    return this.assembler.constant(words);
  }

  /** A constant in all lanes, in a register. */
  held(words: readonly number[], length: Length, into = this.vector()): Register {
    if (words.every((word) => word === 0)) {
      // The result does not depend on the register's old value.
      this.code.emit({ encoding: x86.vpxor, a: into, v: into, m: into, length: 128 });
      return into;
    }
    if (words.length === 1) return this.two('vbroadcastss', { m: this.assembler.constant(words) }, length, into);
    if (length === 128) return this.two('vmovsd', { m: this.assembler.constant(words) }, length, into);
    return this.two('vbroadcastsd', { m: this.assembler.constant(words) }, length, into);
  }

  /** Emits a loop over the lanes; `body` receives the register that counts them. */
  eachLane(body: (lane: Register) => void): void {
    const lane = this.general();
    this.word('xor', { a: lane, m: lane });
    this.code.loop((again) => {
      body(lane);
      this.word('addNumber', { m: lane, immediate: 1, wide: true });
      this.word('cmpNumber', { m: lane, immediate: this.lanes, wide: true });
      this.code.jump(again, 'less');
    });
  }
}

/** Whether a number fits into an instruction. */
export const isShort = (x: number): boolean => x >= -(2 ** 31) && x < 2 ** 31;

const words = new DataView(new ArrayBuffer(8));
export function floatBits(x: number): number {
  words.setFloat32(0, x, true);
  return words.getUint32(0, true);
}
export function doubleBits(x: number): [number, number] {
  words.setFloat64(0, x, true);
  return [words.getUint32(0, true), words.getUint32(4, true)];
}
