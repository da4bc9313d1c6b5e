import { fail } from '../../../base/errors.ts';
import { type Condition, conditions, type Encoding, x86 } from './instructions.ts';
import { isRegister, type Memory, Register, rsp } from './operands.ts';

/** Bits of a vector. */
export type Length = 128 | 256 | 512;

/** A place in the code. */
export class Label {
  position = -1;
}

/** An instruction, perhaps on virtual registers. */
export interface Instruction {
  readonly encoding: Encoding;
  /**
   * Operands: the register of ModRM's middle field (a), the additional register (v), the last operand (m); see
   * `Encoding`. Masks are numbers.
   */
  readonly a?: Register | number | undefined;
  readonly v?: Register | number | undefined;
  readonly m?: Register | Memory | number | undefined;
  readonly immediate?: number | undefined;
  /** Vector length. */
  readonly length?: Length;
  /** 64-bit operands in general registers. */
  readonly wide?: boolean;
  /** The mask register that selects lanes. */
  readonly mask?: number;
  /** Lanes that are not selected become zero. */
  readonly zero?: boolean;
  /** Broadcast one element of memory to all lanes. */
  readonly broadcast?: boolean;
}

/** An address of 64 bits that code lacks until it is placed. */
export interface CodeSymbol {
  readonly name: string;
  readonly position: number;
}

interface Fixup {
  readonly position: number;
  readonly label: Label;
}
interface ConstantUse {
  readonly position: number;
  /** The end of the instruction, which distances are relative to. */
  readonly end: number;
  readonly place: number;
}

const fits = (x: number): boolean => x >= -128 && x <= 127;
const scales: Record<number, number> = { 1: 0, 2: 1, 4: 2, 8: 3 };

/** Encodes instructions, jumps and constants as bytes. */
export class Assembler {
  private bytes = new Uint8Array(4096);
  private view = new DataView(this.bytes.buffer);
  length = 0;
  readonly symbols: CodeSymbol[] = [];
  private readonly fixups: Fixup[] = [];
  private readonly uses: ConstantUse[] = [];
  private readonly constants = new Map<string, number>();
  private constantBytes = new Uint8Array(1024);
  private constantLength = 0;

  /** A constant in memory: 32-bit words, aligned to their total size. Equal constants are stored once. */
  constant(words: readonly number[]): Memory {
    const key = words.join(' ');
    let place = this.constants.get(key);
    if (place === undefined) {
      const bytes = 4 * words.length;
      place = Math.ceil(this.constantLength / bytes) * bytes;
      this.constantLength = place + bytes;
      while (this.constantLength > this.constantBytes.length) this.constantBytes = doubled(this.constantBytes);
      new Uint32Array(this.constantBytes.buffer, place, words.length).set(words);
      this.constants.set(key, place);
    }
    return { base: undefined, displacement: 0, constant: place };
  }

  /** Aligns the start of a function. */
  align(): void {
    while (this.length % 32 !== 0) this.u8(0x90);
  }

  bind(label: Label): void {
    label.position = this.length;
  }

  jump(label: Label, condition?: Condition): void {
    const near = label.position >= 0 && fits(label.position - (this.length + 2));
    if (near) {
      this.u8(condition ? 0x70 + conditions[condition] : 0xeb);
      this.u8(label.position - (this.length + 1));
      return;
    }
    if (condition) {
      this.u8(0x0f);
      this.u8(0x80 + conditions[condition]);
    } else this.u8(0xe9);
    this.fixups.push({ position: this.length, label });
    this.u32(0);
  }

  call(label: Label): void {
    this.u8(0xe8);
    this.fixups.push({ position: this.length, label });
    this.u32(0);
  }

  raw(...bytes: readonly number[]): void {
    for (const byte of bytes) this.u8(byte);
  }

  push(register: Register): void {
    if (register.at >= 8) this.u8(0x41);
    this.u8(0x50 + (register.at & 7));
  }
  pop(register: Register): void {
    if (register.at >= 8) this.u8(0x41);
    this.u8(0x58 + (register.at & 7));
  }

  /** Loads a 64-bit number. */
  moveNumber(to: Register, value: number): void {
    if (value >= 0 && value < 2 ** 32) {
      if (to.at >= 8) this.u8(0x41);
      this.u8(0xb8 + (to.at & 7));
      this.u32(value);
      return;
    }
    this.u8(to.at >= 8 ? 0x49 : 0x48);
    this.u8(0xb8 + (to.at & 7));
    this.u32(value % 2 ** 32);
    this.u32(Math.floor(value / 2 ** 32));
  }

  /** Loads an address known only to the process that runs the code: `placeCode` fills it in. */
  moveSymbol(to: Register, name: string): void {
    this.raw(to.at >= 8 ? 0x49 : 0x48, 0xb8 + (to.at & 7));
    this.symbols.push({ name, position: this.length });
    this.u32(0);
    this.u32(0);
  }

  /** Loads the address of a label. */
  address(to: Register, label: Label): void {
    this.raw(to.at >= 8 ? 0x4c : 0x48, 0x8d, ((to.at & 7) << 3) | 5);
    this.fixups.push({ position: this.length, label });
    this.u32(0);
  }

  /** An instruction on general registers. */
  general(name: keyof typeof x86, operands: Omit<Instruction, 'encoding'>): void {
    this.instruction({ encoding: x86[name], wide: true, ...operands });
  }

  instruction(i: Instruction): void {
    if (i.encoding.form === 'legacy') this.legacy(i);
    else if (needsEvex(i)) this.evex(i);
    else this.vex(i);
  }

  private legacy(i: Instruction): void {
    const { encoding } = i;
    const [a, m] = [number(i.a), i.m];
    if (encoding.locked) this.u8(0xf0);
    if (encoding.prefix === 1) this.u8(0x66);
    const [base, index] = parts(m);
    const low = (encoding.bytes === 'a' && isByteRegister(i.a)) || (encoding.bytes === 'm' && isByteRegister(m));
    const rex = (i.wide ? 8 : 0) | ((a & 8) >> 1) | ((index & 8) >> 2) | ((base & 8) >> 3);
    if (rex !== 0 || low) this.u8(0x40 | rex);
    if (encoding.map === 1) this.u8(0x0f);
    const isShort = encoding.immediate === 4 && encoding.opcode === 0x81 && fits(i.immediate!);
    this.u8(isShort ? 0x83 : encoding.opcode);
    if (encoding.m === undefined) return;
    const bytes = isShort ? 1 : encoding.immediate;
    this.operands(encoding.digit ?? a & 7, m!, 1, bytes);
    this.immediate(i.immediate, bytes);
  }

  private vex(i: Instruction): void {
    const { encoding } = i;
    const [a, v] = [number(i.a), number(i.v)];
    const [base, index] = parts(i.m);
    const w = encoding.kinds.includes('g') && i.wide !== undefined ? (i.wide ? 1 : 0) : encoding.w;
    const l = i.length === 256 ? 4 : 0;
    const tail = ((~v & 15) << 3) | l | encoding.prefix;
    if (encoding.map === 1 && w === 0 && !((base | index) & 8)) {
      this.raw(0xc5, ((~a & 8) << 4) | tail);
    } else {
      this.u8(0xc4);
      this.u8(((~a & 8) << 4) | ((~index & 8) << 3) | ((~base & 8) << 2) | encoding.map);
      this.u8((w << 7) | tail);
    }
    this.u8(encoding.opcode);
    if (encoding.m === undefined) return;
    this.operands(encoding.digit ?? a & 7, i.m!, 1, encoding.immediate);
    this.immediate(i.immediate, encoding.immediate);
  }

  private evex(i: Instruction): void {
    const { encoding } = i;
    const [a, v] = [number(i.a), number(i.v)];
    const [base, index] = parts(i.m);
    const isVectorIndex = isMemory(i.m) && i.m.index?.kind === 'vector';
    const isPlain = i.m === undefined || typeof i.m === 'number' || i.m instanceof Register;
    const w = encoding.kinds.includes('g') && i.wide !== undefined ? (i.wide ? 1 : 0) : encoding.ew;
    const high = isVectorIndex ? index & 16 : v & 16;
    const x = isPlain ? (base & 16) >> 1 : index & 8;
    this.u8(0x62);
    this.u8(((~a & 8) << 4) | ((~x & 8) << 3) | ((~base & 8) << 2) | (~a & 16) | encoding.map);
    this.u8((w << 7) | ((~v & 15) << 3) | 4 | encoding.prefix);
    const l = i.length === 512 ? 2 : i.length === 256 ? 1 : 0;
    this.u8((i.zero ? 0x80 : 0) | (l << 5) | (i.broadcast ? 0x10 : 0) | ((~high & 16) >> 1) | (i.mask ?? 0));
    this.u8(encoding.opcode);
    this.operands(encoding.digit ?? a & 7, i.m!, unitOf(i), encoding.immediate);
    this.immediate(i.immediate, encoding.immediate);
  }

  /** ModRM and what follows; short displacements count units. */
  private operands(middle: number, m: Register | Memory | number, unit: number, immediateBytes: number): void {
    const field = middle << 3;
    if (typeof m === 'number') {
      this.u8(0xc0 | field | (m & 7));
      return;
    }
    if (isRegister(m)) {
      this.u8(0xc0 | field | (m.at & 7));
      return;
    }
    const { base, index, displacement } = m;
    if (!base) {
      this.u8(field | 5);
      this.uses.push({
        position: this.length,
        end: this.length + 4 + immediateBytes,
        place: m.constant! + displacement,
      });
      this.u32(0);
      return;
    }
    const low = base.at & 7;
    const isShort = displacement % unit === 0 && fits(displacement / unit);
    const mode = displacement === 0 && low !== 5 ? 0 : isShort ? 0x40 : 0x80;
    if (index || low === rsp.at) {
      this.u8(mode | field | 4);
      this.u8((scales[m.scale ?? 1] << 6) | ((index ? index.at & 7 : 4) << 3) | low);
    } else this.u8(mode | field | low);
    if (mode === 0x40) this.u8(displacement / unit);
    else if (mode === 0x80) this.u32(displacement);
  }

  private immediate(value: number | undefined, bytes: number): void {
    if (bytes === 1) this.u8(value!);
    else if (bytes === 4) this.u32(value!);
  }

  private u8(value: number): void {
    if (this.length === this.bytes.length) this.grow();
    this.bytes[this.length++] = value;
  }

  private u32(value: number): void {
    if (this.length + 4 > this.bytes.length) this.grow();
    this.view.setInt32(this.length, value, true);
    this.length += 4;
  }

  private grow(): void {
    this.bytes = doubled(this.bytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** The code, followed by the constants. */
  build(): Uint8Array<ArrayBuffer> {
    const start = this.constantLength === 0 ? this.length : Math.ceil(this.length / 64) * 64;
    const whole = new Uint8Array(start + this.constantLength);
    whole.set(this.bytes.subarray(0, this.length));
    whole.set(this.constantBytes.subarray(0, this.constantLength), start);
    const view = new DataView(whole.buffer);
    for (const { position, label } of this.fixups) {
      if (label.position < 0) fail('native device', 'a jump leads nowhere', 'report this with the program');
      view.setInt32(position, label.position - (position + 4), true);
    }
    for (const { position, end, place } of this.uses) view.setInt32(position, start + place - end, true);
    return whole;
  }
}

const doubled = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const larger = new Uint8Array(2 * bytes.length);
  larger.set(bytes);
  return larger;
};
const number = (x: Register | number | undefined): number => (x === undefined ? 0 : typeof x === 'number' ? x : x.at);
const isMemory = (m: Instruction['m']): m is Memory => typeof m === 'object' && !isRegister(m);

/** Register numbers in the fields of the last operand. */
function parts(m: Instruction['m']): [base: number, index: number] {
  if (m === undefined) return [0, 0];
  if (typeof m === 'number') return [m, 0];
  return isRegister(m) ? [m.at, 0] : [m.base?.at ?? 0, m.index?.at ?? 0];
}

/** The low bytes of rsp, rbp, rsi and rdi need a REX prefix. */
const isByteRegister = (x: Instruction['a'] | Memory): boolean => x instanceof Register && x.at >= 4 && x.at < 8;

function needsEvex({ encoding, a, v, m, length, mask, broadcast }: Instruction): boolean {
  if (encoding.form === 'evex' || length === 512 || mask !== undefined || broadcast) return true;
  const isHigh = (x: unknown): boolean => x instanceof Register && x.kind === 'vector' && x.at >= 16;
  return isHigh(a) || isHigh(v) || isHigh(m) || (isMemory(m) && isHigh(m.index));
}

/** The unit of a short displacement, in bytes. */
function unitOf({ encoding, length = 128, broadcast }: Instruction): number {
  if (broadcast) return encoding.ew ? 8 : 4;
  if (typeof encoding.memory === 'string') return Number(encoding.memory);
  return (length / 8) * encoding.memory;
}
