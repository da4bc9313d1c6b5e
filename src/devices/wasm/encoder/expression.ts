import type { Exchange, Instruction, LaneAccess, Load, MemoryLane, Plain, Store, ValueType } from './instructions.ts';

/** A local variable of a function (parameters are locals too). */
export class Local {
  readonly index: number;
  readonly type: ValueType;
  constructor(index: number, type: ValueType) {
    this.index = index;
    this.type = type;
  }
}

/** A global variable of a module. */
export class Global {
  readonly index: number;
  readonly type: ValueType;
  constructor(index: number, type: ValueType) {
    this.index = index;
    this.type = type;
  }
}

/** An instruction with its operands: a tree, written into a function when it is pushed. */
export class Expression {
  readonly name: Instruction;
  readonly operands: readonly Operand[];
  /** Byte offset of a memory access. */
  readonly offset: number | undefined;
  /** Lane number of a lane access. */
  readonly lane: number | undefined;
  constructor(name: Instruction, operands: readonly Operand[], offset?: number, lane?: number) {
    this.name = name;
    this.operands = operands;
    this.offset = offset;
    this.lane = lane;
  }
}

/** 16 bytes of a `v128.const`. */
export class VectorConstant {
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** `i8x16.shuffle`: byte i of the result is byte `bytes[i]` of the 32 bytes of a followed by b. */
export class Shuffle {
  readonly a: Operand;
  readonly b: Operand;
  readonly bytes: readonly number[];
  constructor(a: Operand, b: Operand, bytes: readonly number[]) {
    this.a = a;
    this.b = b;
    this.bytes = bytes;
  }
}

/** `select`: a if condition is not 0, else b (both are evaluated). */
export class Select {
  readonly a: Operand;
  readonly b: Operand;
  readonly condition: Operand;
  constructor(a: Operand, b: Operand, condition: Operand) {
    this.a = a;
    this.b = b;
    this.condition = condition;
  }
}

/**
 * What can stand where a value is needed: a variable, an expression, or a number, which becomes a constant of the type
 * the instruction wants (splat over all lanes for vectors). A function emits whatever pushes one value.
 */
export type Operand = Local | Global | Expression | VectorConstant | Shuffle | Select | number | bigint | (() => void);

/** Any instruction without immediates: `op('f32x4.add', a, op('f32x4.mul', b, 2))`. Missing operands are on the stack. */
export function op(name: Plain, ...operands: Operand[]): Expression {
  return new Expression(name, operands);
}

/** A load from `address + offset` (bytes). */
export function load(name: Load, address: Operand, offset = 0): Expression {
  return new Expression(name, [address], offset);
}

/** A store to `address + offset` (bytes). */
export function store(name: Store, address: Operand, value: Operand, offset = 0): Expression {
  return new Expression(name, [address, value], offset);
}

/** An atomic read-modify-write, wait or notify at `address + offset`; gives the old value (or the outcome). */
export function atomic(name: Exchange, address: Operand, operands: Operand[], offset = 0): Expression {
  return new Expression(name, [address, ...operands], offset);
}

/** `extract_lane` (vector) or `replace_lane` (vector, value). */
export function lane(name: LaneAccess, index: number, ...operands: Operand[]): Expression {
  return new Expression(name, operands, undefined, index);
}

/** Loads one lane of `vector` from `address + offset`, or stores it there. */
export function memoryLane(name: MemoryLane, index: number, address: Operand, vector: Operand, offset = 0): Expression {
  return new Expression(name, [address, vector], offset, index);
}

export function select(a: Operand, b: Operand, condition: Operand): Select {
  return new Select(a, b, condition);
}

export function shuffle(a: Operand, b: Operand, bytes: readonly number[]): Shuffle {
  return new Shuffle(a, b, bytes);
}

/** A shuffle of 32-bit lanes: lanes 0-3 are those of a, 4-7 those of b. */
export function shuffle32(a: Operand, b: Operand, lanes: readonly [number, number, number, number]): Shuffle {
  const key = lanes[0] | (lanes[1] << 3) | (lanes[2] << 6) | (lanes[3] << 9);
  let bytes = shuffles[key];
  if (!bytes) shuffles[key] = bytes = lanes.flatMap((l) => [4 * l, 4 * l + 1, 4 * l + 2, 4 * l + 3]);
  return new Shuffle(a, b, bytes);
}

const shuffles: (readonly number[] | undefined)[] = [];

export type LaneShape = 'f32x4' | 'f64x2' | 'i32x4' | 'i64x2' | 'i16x8' | 'i8x16';

/** A vector constant from its lanes; a single number is repeated in all lanes. */
export function vector(shape: LaneShape, values: number | bigint | readonly (number | bigint)[]): VectorConstant {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  const width = 16 / Number(shape.slice(shape.indexOf('x') + 1));
  for (let i = 0; i * width < 16; i++) {
    const value = typeof values === 'object' ? values[i] : values;
    const at = i * width;
    if (shape === 'f32x4') view.setFloat32(at, Number(value), true);
    else if (shape === 'f64x2') view.setFloat64(at, Number(value), true);
    else if (shape === 'i64x2') view.setBigInt64(at, BigInt(value), true);
    else if (width === 4) view.setInt32(at, Number(value), true);
    else if (width === 2) view.setInt16(at, Number(value), true);
    else view.setInt8(at, Number(value));
  }
  return new VectorConstant(bytes);
}
