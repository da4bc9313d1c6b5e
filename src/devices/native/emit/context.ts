import type { LinearTarget } from '../../../codegen/linear/ir.ts';
import type { ScalarOp } from '../../../ir/scalar.ts';
import type { Assembler, Instruction, Label, Length } from '../encoder/assembler.ts';
import { type Encoding, x86 } from '../encoder/instructions.ts';
import type { Memory, Register } from '../encoder/operands.ts';
import { type Available, availableRegisters } from '../registers/allocate.ts';
import { Code } from '../registers/code.ts';

/** Vectors of so many elements of 32 bits. */
export const machine = (lanes: 8 | 16): LinearTarget => ({ lanes, fused: true, instructions: new Set() });

/** An operand that may stand last in an instruction: a register, memory, or one element of memory for all lanes. */
export interface Source {
  readonly m: Register | Memory;
  readonly broadcast?: boolean;
}

export type Name = keyof typeof x86;
type More = Pick<Instruction, 'immediate' | 'mask' | 'zero'>;

/** Where instructions of a function go, in the words in which emitters speak. */
export class Context {
  readonly code = new Code();
  readonly assembler: Assembler;
  readonly lanes: 8 | 16;
  /** Where the function of C for a f64 operation is called. */
  readonly hostFunction: (name: ScalarOp) => Label;
  /** The numbers that its registers may have. */
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

  /** Whether there is AVX-512, with its masks and 32 registers. */
  get isLarge(): boolean {
    return this.lanes === 16;
  }

  /** Bits of a register with so many elements; single ones stand in vectors too. */
  length(lanes: number): Length {
    return lanes === 16 ? 512 : lanes === 8 ? 256 : 128;
  }

  vector(): Register {
    return this.code.register('vector');
  }
  general(): Register {
    return this.code.register('general');
  }

  /** a = f(v, m), of vectors. */
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

  /** a = f(m). */
  two(name: Name, { m, broadcast }: Source, length: Length, into = this.vector(), more: More = {}): Register {
    this.code.emit({ encoding: x86[name], a: into, m, ...(broadcast && { broadcast }), length, ...more });
    return into;
  }

  /** The vector shifted by a number. */
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

  /** A store, or another write to the last operand. */
  write(name: Name, a: Register, m: Register | Memory, length: Length, immediate?: number): void {
    this.code.emit({ encoding: x86[name], a, m, length, immediate });
  }

  move(to: Register, from: Register): void {
    if (to !== from) {
      if (to.kind === 'vector') this.two('vmovups', { m: from }, this.length(this.lanes), to);
      else this.code.emit({ encoding: x86.mov, a: to, m: from, wide: true });
    }
  }

  /** An instruction of general registers. */
  word(encoding: Encoding | Name, operands: Omit<Instruction, 'encoding'>): void {
    this.code.emit({ encoding: typeof encoding === 'string' ? x86[encoding] : encoding, ...operands });
  }

  /** A whole number of any size in a general register of 64 bits. */
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

  /** Adds a number to a register of 64 bits. */
  add(to: Register, x: number): void {
    if (isShort(x)) this.word('addNumber', { m: to, immediate: x, wide: true });
    else this.word('add', { a: to, m: this.number(x), wide: true });
  }

  /** A number in all lanes, as an operand: its bits, of one or two words. */
  bits(words: readonly number[], length: Length): Source {
    if (length === 512 && words.length === 1) return { m: this.assembler.constant(words), broadcast: true };
    const count = length / 32 / words.length;
    return { m: this.assembler.constant(Array.from({ length: count }, () => words).flat()) };
  }

  /** Different words in lanes. */
  series(words: readonly number[]): Memory {
    return this.assembler.constant(words);
  }

  /** A number in all lanes, in a register. */
  held(words: readonly number[], length: Length, into = this.vector()): Register {
    if (words.every((word) => word === 0)) {
      // Reading what it then holds nothing of, the register needs no value before.
      this.code.emit({ encoding: x86.vpxor, a: into, v: into, m: into, length: 128 });
      return into;
    }
    if (words.length === 1) return this.two('vbroadcastss', { m: this.assembler.constant(words) }, length, into);
    if (length === 128) return this.two('vmovsd', { m: this.assembler.constant(words) }, length, into);
    return this.two('vbroadcastsd', { m: this.assembler.constant(words) }, length, into);
  }

  /** Runs `body` for each lane, with a register that counts them. */
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
