import { fail } from '../../../base/errors.ts';
import { type Access, type AccessKind, accessKinds, accessOf } from './accesses.ts';
import { Bytes } from './bytes.ts';
import {
  atomic,
  Expression,
  Global,
  type LaneShape,
  Local,
  lane,
  load,
  memoryLane,
  type Operand,
  op,
  Select,
  Shuffle,
  store,
  VectorConstant,
  vector,
} from './expression.ts';
import type { Exchange, Instruction, LaneAccess, Load, MemoryLane, Plain, Store, ValueType } from './instructions.ts';
import { alignment, opcode, operandType, prefix } from './instructions.ts';

export interface Signature {
  readonly params: readonly ValueType[];
  readonly results: readonly ValueType[];
}

/** Something that can be called: its place in the module's function index space and its type. */
export interface Callable {
  readonly index: number;
  readonly signature: Signature;
}

/** Where a branch may go: the end of a block or if, the start of a loop. */
export interface Label {
  readonly depth: number;
}

const typeByte: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };
const instructions = new Map<Instruction, { code: readonly number[]; align: number }>();

function encoded(name: Instruction): { code: readonly number[]; align: number } {
  let found = instructions.get(name);
  if (!found) instructions.set(name, (found = { code: opcode(name), align: alignment(name) }));
  return found;
}

/**
 * Writes the body of one function. Values are given as operands (see `Operand`), e.g.
 * `f.set(sum, op('f32x4.add', sum, load('v128.load', address)))`; an operand left out is taken from the stack.
 */
export class FunctionBuilder implements Callable {
  readonly name: string;
  readonly index: number;
  readonly signature: Signature;
  /** The parameters, as locals. */
  readonly params: readonly Local[];
  private readonly code = new Bytes();
  private readonly locals: ValueType[] = [];
  private readonly free: Local[] = [];
  private scoped: Local[] | undefined;
  private depth = 0;

  /** Is told of each access to memory before it: see `ModuleBuilder.record`. */
  private readonly recorder: Callable | undefined;

  constructor(name: string, index: number, signature: Signature, recorder?: Callable) {
    this.name = name;
    this.index = index;
    this.signature = signature;
    this.recorder = recorder;
    this.params = signature.params.map((type, i) => new Local(i, type));
  }

  /** A new local variable (inside `scope`, one whose value ends with the scope). It starts at an unspecified value. */
  local(type: ValueType): Local {
    const reused = this.free.findIndex((candidate) => candidate.type === type);
    const local =
      reused >= 0 ? this.free.splice(reused, 1)[0] : new Local(this.params.length + this.locals.push(type) - 1, type);
    this.scoped?.push(local);
    return local;
  }

  /** A new local that holds a value. */
  let(type: ValueType, value: Operand): Local {
    const local = this.local(type);
    this.set(local, value);
    return local;
  }

  /** Runs `body`; the locals it asks for are reused afterwards. */
  scope<T>(body: () => T): T {
    const outer = this.scoped;
    this.scoped = [];
    try {
      return body();
    } finally {
      this.free.push(...this.scoped);
      this.scoped = outer;
    }
  }

  /** Puts a value on the stack. `type` (and for vectors `shape`) says what a bare number means. */
  push(value: Operand, type: ValueType = 'i32', shape?: string): void {
    const { code } = this;
    if (value instanceof Local) {
      code.u8(0x20);
      code.u32(value.index);
    } else if (typeof value === 'number' || typeof value === 'bigint') this.constant(value, type, shape);
    else if (value instanceof Expression) this.expression(value);
    else if (value instanceof VectorConstant) {
      code.raw([0xfd, 0x0c]);
      code.raw(value.bytes);
    } else if (value instanceof Global) {
      code.u8(0x23);
      code.u32(value.index);
    } else if (value instanceof Select) {
      this.push(value.a, type, shape);
      this.push(value.b, type, shape);
      this.push(value.condition);
      code.u8(0x1b);
    } else if (value instanceof Shuffle) {
      this.push(value.a, 'v128', 'i8x16');
      this.push(value.b, 'v128', 'i8x16');
      code.raw([0xfd, 0x0d]);
      code.raw(value.bytes);
    } else value();
  }

  private constant(value: number | bigint, type: ValueType, shape: string | undefined): void {
    const { code } = this;
    if (type === 'i32') {
      code.u8(0x41);
      code.i32(Number(value));
    } else if (type === 'i64') {
      code.u8(0x42);
      code.i64(BigInt(value));
    } else if (type === 'f32') {
      code.u8(0x43);
      code.f32(Number(value));
    } else if (type === 'f64') {
      code.u8(0x44);
      code.f64(Number(value));
    } else if (!shape || shape === 'v128')
      fail(`wasm function ${this.name}`, 'a bare number has no lane shape here', "write vector('f32x4', value)");
    else this.push(vector(shape as LaneShape, value));
  }

  private expression({ name, operands, offset, lane: laneIndex }: Expression): void {
    const shape = operands.some((o) => typeof o === 'number' || typeof o === 'bigint' || o instanceof Select)
      ? prefix(name)
      : undefined;
    for (let i = 0; i < operands.length; i++) {
      this.push(operands[i], shape === undefined ? 'i32' : operandType(name, i), shape);
      if (i === 0 && offset !== undefined && this.recorder) this.record(accessOf(name), offset);
    }
    const { code, align } = encoded(name);
    this.code.raw(code);
    if (offset !== undefined) {
      this.code.u8(align);
      this.code.u32(offset);
    }
    if (laneIndex !== undefined) this.code.u8(laneIndex);
  }

  /** Tells the recorder of an access at the address on the stack, which stays there. */
  private record({ kind, bytes }: Access, offset: number): void {
    const address = this.let('i32', () => {});
    this.call(this.recorder!, op('i32.add', address, offset), bytes, accessKinds.indexOf(kind));
    this.push(address);
  }

  /** The same for a stretch of bytes. */
  private recordBytes(kind: AccessKind, address: Operand, count: Operand): void {
    if (this.recorder) this.call(this.recorder, address, count, accessKinds.indexOf(kind));
  }

  // Instructions, written at once.

  op(name: Plain, ...operands: Operand[]): void {
    this.expression(op(name, ...operands));
  }
  load(name: Load, address: Operand, offset = 0): void {
    this.expression(load(name, address, offset));
  }
  store(name: Store, address: Operand, value: Operand, offset = 0): void {
    this.expression(store(name, address, value, offset));
  }
  atomic(name: Exchange, address: Operand, operands: Operand[], offset = 0): void {
    this.expression(atomic(name, address, operands, offset));
  }
  lane(name: LaneAccess, index: number, ...operands: Operand[]): void {
    this.expression(lane(name, index, ...operands));
  }
  memoryLane(name: MemoryLane, index: number, address: Operand, value: Operand, offset = 0): void {
    this.expression(memoryLane(name, index, address, value, offset));
  }

  /** local = value; without a value, the top of the stack. Bare numbers take the local's type (vectors: `shape`). */
  set(local: Local, value?: Operand, shape?: LaneShape): void {
    if (value !== undefined) this.push(value, local.type, shape);
    this.code.u8(0x21);
    this.code.u32(local.index);
  }
  /** Like `set`, and leaves the value on the stack. */
  tee(local: Local, value?: Operand, shape?: LaneShape): void {
    if (value !== undefined) this.push(value, local.type, shape);
    this.code.u8(0x22);
    this.code.u32(local.index);
  }
  setGlobal(global: Global, value: Operand): void {
    this.push(value, global.type);
    this.code.u8(0x24);
    this.code.u32(global.index);
  }
  /** local += amount, for i32 locals. */
  increment(local: Local, amount: Operand): void {
    if (amount === 0) return;
    this.set(local, op('i32.add', local, amount));
  }
  /** Subtracts and goes to the label as long as something is left. */
  countDown(local: Local, amount: number, again: Label): void {
    this.tee(local, op('i32.sub', local, amount));
    this.brIf(again);
  }
  drop(): void {
    this.code.u8(0x1a);
  }
  unreachable(): void {
    this.code.u8(0x00);
  }
  fence(): void {
    this.code.raw([0xfe, 0x03, 0x00]);
  }
  memorySize(): void {
    this.code.raw([0x3f, 0x00]);
  }
  /** Copies `count` bytes; the ranges may overlap. */
  memoryCopy(target: Operand, source: Operand, count: Operand): void {
    this.recordBytes('read', source, count);
    this.recordBytes('write', target, count);
    for (const operand of [target, source, count]) this.push(operand);
    this.code.raw([0xfc, 0x0a, 0x00, 0x00]);
  }
  /** Sets `count` bytes to `value`. */
  memoryFill(target: Operand, value: Operand, count: Operand): void {
    this.recordBytes('write', target, count);
    for (const operand of [target, value, count]) this.push(operand);
    this.code.raw([0xfc, 0x0b, 0x00]);
  }
  /** Copies a part of a passive data segment into memory. */
  memoryInit(segment: number, target: Operand, source: Operand, count: Operand): void {
    for (const operand of [target, source, count]) this.push(operand);
    this.code.raw([0xfc, 0x08]);
    this.code.u32(segment);
    this.code.u8(0x00);
  }
  call(callee: Callable, ...args: Operand[]): void {
    args.forEach((arg, i) => {
      this.push(arg, callee.signature.params[i]);
    });
    this.code.u8(0x10);
    this.code.u32(callee.index);
  }
  return(...values: Operand[]): void {
    values.forEach((value, i) => {
      this.push(value, this.signature.results[i]);
    });
    this.code.u8(0x0f);
  }

  // Control.

  private nested(code: number, result: ValueType | undefined, body: (label: Label) => void): void {
    this.code.u8(code);
    this.code.u8(result ? typeByte[result] : 0x40);
    this.depth++;
    body({ depth: this.depth });
    this.depth--;
    this.code.u8(0x0b);
  }
  /** A block; `br` to its label leaves it. */
  block(body: (end: Label) => void, result?: ValueType): void {
    this.nested(0x02, result, body);
  }
  /** A loop; `br` to its label starts the next turn, else it ends. */
  loop(body: (again: Label) => void, result?: ValueType): void {
    this.nested(0x03, result, body);
  }
  if(condition: Operand, then: (end: Label) => void, otherwise?: (end: Label) => void, result?: ValueType): void {
    this.push(condition);
    this.nested(0x04, result, (end) => {
      then(end);
      if (otherwise) {
        this.code.u8(0x05);
        otherwise(end);
      }
    });
  }
  br(label: Label): void {
    this.code.u8(0x0c);
    this.code.u32(this.depth - label.depth);
  }
  brIf(label: Label, condition?: Operand): void {
    if (condition !== undefined) this.push(condition);
    this.code.u8(0x0d);
    this.code.u32(this.depth - label.depth);
  }
  brTable(labels: readonly Label[], otherwise: Label, index: Operand): void {
    this.push(index);
    this.code.u8(0x0e);
    this.code.u32(labels.length);
    for (const label of [...labels, otherwise]) this.code.u32(this.depth - label.depth);
  }

  /** for (local = from; local < to; local += step), with signed i32 values and a positive step. */
  for(local: Local, from: Operand, to: Operand, step: number, body: () => void): void {
    const known = typeof from === 'number' && typeof to === 'number';
    if (known && from >= to) return;
    this.set(local, from);
    if (known && from + step >= to) {
      body();
      return;
    }
    const turns = () =>
      this.loop((again) => {
        body();
        this.tee(local, op('i32.add', local, step));
        this.push(to);
        this.op('i32.lt_s');
        this.brIf(again);
      });
    if (known) turns();
    else this.if(op('i32.lt_s', local, to), turns);
  }

  /** The function's entry in the code section: its locals, its instructions, `end`. */
  encode(): Uint8Array {
    const body = new Bytes();
    const runs: [count: number, type: ValueType][] = [];
    for (const type of this.locals) {
      const last = runs.at(-1);
      if (last && last[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    body.u32(runs.length);
    for (const [count, type] of runs) {
      body.u32(count);
      body.u8(typeByte[type]);
    }
    body.raw(this.code.view8());
    body.u8(0x0b);
    return body.view8();
  }
}
