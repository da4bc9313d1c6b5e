import type { DType, TypedArray } from '../src/base/dtype.ts';
import { dtypeInfo } from '../src/base/dtype.ts';
import { elementaryFunction } from '../src/codegen/functions/index.ts';
import type {
  LinearCode,
  LinearFunction,
  LinearTarget,
  Register,
  Statement,
  Type,
  Value,
} from '../src/codegen/linear/ir.ts';
import { linearFunction } from '../src/codegen/linear/linearize.ts';
import { conversion, reinterpretation, scalarFunction } from '../src/devices/reference/scalar-functions.ts';
import type { Combine, ScalarType } from '../src/ir/expr.ts';

/** A scalar, or a number a lane. Truth values are 0 and 1 in lanes too. */
type Content = number | readonly number[];
type View = 'Int8' | 'Uint8' | 'Int16' | 'Uint16' | 'Int32' | 'Uint32' | 'Float32' | 'Float64';

const views: Partial<Record<DType, View>> = {
  bool: 'Uint8',
  uint8: 'Uint8',
  int8: 'Int8',
  uint16: 'Uint16',
  int16: 'Int16',
  uint32: 'Uint32',
  int32: 'Int32',
  float32: 'Float32',
  float64: 'Float64',
};

/** Arrays as a machine's memory: each buffer lies far away from all others, and nothing lies around the arrays. */
class Memory {
  private readonly arrays: { readonly from: number; readonly to: number; readonly view: DataView }[] = [];
  private readonly buffers: ArrayBufferLike[] = [];
  private last = 0;

  /** The address of an array. */
  place({ buffer, byteOffset, byteLength }: TypedArray): number {
    if (!this.buffers.includes(buffer)) this.buffers.push(buffer);
    const from = 2 ** 40 * (1 + this.buffers.indexOf(buffer)) + byteOffset;
    this.arrays.push({ from, to: from + byteLength, view: new DataView(buffer, byteOffset, byteLength) });
    return from;
  }

  private at(address: number, bytes: number) {
    const holds = ({ from, to }: { from: number; to: number }): boolean => address >= from && address + bytes <= to;
    if (!holds(this.arrays[this.last]!)) this.last = this.arrays.findIndex(holds);
    if (this.last < 0) {
      this.last = 0;
      throw new Error(`${bytes} bytes at ${address.toString(16)} lie in no array`);
    }
    const { view, from } = this.arrays[this.last]!;
    return { view, offset: address - from };
  }

  read(dtype: DType, address: number): number {
    const { view, offset } = this.at(address, dtypeInfo[dtype].bytes);
    return view[`get${views[dtype]!}`](offset, true);
  }

  write(dtype: DType, address: number, value: number): void {
    const { view, offset } = this.at(address, dtypeInfo[dtype].bytes);
    view[`set${views[dtype]!}`](offset, value, true);
  }
}

/** A number as a register of the type holds it. */
function held(x: number, type: Type): number {
  if (type === 'f32') return Math.fround(x);
  if (type === 'i32') return x | 0;
  return type === 'u32' ? x >>> 0 : x;
}

const functions = new Map<string, LinearFunction>();

/** An elementary function of vectors of some width. */
function functionOf(f: string, target: LinearTarget): LinearFunction | undefined {
  const definition = elementaryFunction(f);
  if (!definition) return undefined;
  const key = `${f} ${target.lanes}`;
  const known = functions.get(key) ?? linearFunction(definition, target);
  functions.set(key, known);
  return known;
}

/** What an operation makes of single numbers. */
function operation(f: string, from: ScalarType, type: ScalarType): (...args: number[]) => number {
  if (f === 'lower') return (a, b) => (b! < a! ? b! : a!);
  if (f === 'upper') return (a, b) => (a! < b! ? b! : a!);
  if (f === 'select') return (c, a, b) => (c ? a! : b!);
  if (f === 'fma') return (a, b, c) => a! * b! + c!;
  const unary =
    f === 'convert' ? conversion(from, type) : f === 'reinterpret' ? reinterpretation(from, type) : undefined;
  if (unary) return (a) => unary(a!, 0);
  const meaning = scalarFunction(f as never, from);
  if (!meaning) throw new Error(`${f} has no meaning for ${from}`);
  return (a, b) => meaning(a!, b!);
}

/**
 * Runs kernels for registers as they are written, for vectors of any width: the judge of what makes them. Reading a register
 * that holds nothing or whose block has ended is an error, and so is every access outside of the arrays.
 */
class Interpreter {
  private readonly target: LinearTarget;
  private readonly memory: Memory;
  private readonly registers = new Map<Register, Content | undefined>();
  private readonly worker: number;
  private readonly workers: number;

  constructor(target: LinearTarget, memory: Memory, worker = 0, workers = 1) {
    this.target = target;
    this.memory = memory;
    this.worker = worker;
    this.workers = workers;
  }

  give(register: Register, content: Content): void {
    this.registers.set(register, content);
  }

  /** A list of statements; the registers that they introduce end with it. */
  block(list: readonly Statement[], also?: () => void): void {
    const introduced: Register[] = [];
    for (const s of list) {
      if (s.op === 'let') introduced.push(s.register);
      if (s.op === 'part') introduced.push(s.from, s.to);
      this.statement(s);
    }
    also?.();
    for (const r of introduced) this.registers.delete(r);
  }

  private statement(s: Statement): void {
    switch (s.op) {
      case 'let':
        this.registers.set(s.register, s.value && this.fitting(s.register, s.value));
        break;
      case 'set':
        if (!this.registers.has(s.register)) throw new Error('a register is set whose block has ended');
        this.registers.set(s.register, this.fitting(s.register, s.value));
        break;
      case 'store':
      case 'scatter':
        this.store(s);
        break;
      case 'if':
        this.block(this.number(s.condition) ? s.then : s.otherwise);
        break;
      case 'block':
        this.block(s.body);
        break;
      case 'loop': {
        const add = (r: Register, by: number): void => {
          this.registers.set(r, this.number(r) + by);
        };
        do {
          this.block(s.body);
          for (const [pointer, bytes] of s.pointers) add(pointer, bytes);
          add(s.counter, s.step);
        } while (this.number(s.counter) < this.number(s.to));
        break;
      }
      case 'while':
        for (let goesOn = true; goesOn; )
          this.block(s.test, () => {
            goesOn = this.number(s.condition) !== 0;
            if (goesOn) this.block(s.body);
          });
        break;
      case 'part': {
        const bound = (t: number): number => Math.floor((t * s.units) / this.workers);
        this.registers.set(s.from, bound(this.worker)).set(s.to, bound(this.worker + 1));
      }
    }
  }

  private fitting({ type, lanes }: Register, value: Value): Content {
    if (value.lanes !== lanes) throw new Error(`${value.lanes} lanes are put into a register of ${lanes}`);
    const isBits = (t: Type): boolean => t === 'i32' || t === 'u32';
    if (value.type !== type && !(isBits(value.type) && isBits(type)))
      throw new Error(`a ${value.type} is put into a register of ${type}`);
    return this.value(value);
  }

  private store(s: Statement & { op: 'store' | 'scatter' }): void {
    const content = this.value(s.value);
    const numbers = typeof content === 'number' ? [content] : content;
    const places = this.places(s, numbers.length);
    numbers.forEach((x, i) => {
      const old = s.combine ? this.memory.read(s.dtype, places[i]!) : 0;
      const type = s.value.type as ScalarType;
      this.memory.write(s.dtype, places[i]!, s.combine ? held(operation(s.combine, type, type)(old, x), type) : x);
    });
  }

  /** The addresses of elements. */
  private places(
    at: { address: Value; offset: number; dtype: DType } & ({ stride: number } | { indices: Value }),
    lanes: number,
  ): number[] {
    if (at.offset < 0) throw new Error('an offset is negative');
    const base = this.number(at.address) + at.offset;
    if ('stride' in at) return Array.from({ length: lanes }, (_, i) => base + i * at.stride);
    return (this.value(at.indices) as number[]).map((n) => base + n * dtypeInfo[at.dtype].bytes);
  }

  private number(x: Value): number {
    const content = this.value(x);
    if (typeof content !== 'number') throw new Error('a vector stands where a scalar should');
    return content;
  }

  value(x: Value): Content {
    switch (x.op) {
      case 'register': {
        const content = this.registers.get(x);
        if (content === undefined) throw new Error(`a register of ${x.type} is read that holds nothing`);
        return content;
      }
      case 'const':
        return this.lanes(x.lanes, () => held(x.value, x.type));
      case 'series':
        return this.lanes(x.lanes, (i) => x.first + i * x.step);
      case 'splat': {
        const scalar = this.number(x.x);
        return this.lanes(x.lanes, () => scalar);
      }
      case 'load':
      case 'gather': {
        const places = this.places(x, x.lanes);
        return this.lanes(x.lanes, (i) => held(this.memory.read(x.dtype, places[i]!), x.type));
      }
      case 'move':
        return this.number(x.base) + this.number(x.index) * x.scale;
      case 'across':
        return this.across(x.combine, x.type, this.value(x.x) as readonly number[]);
      case 'apply':
        return this.apply(x);
    }
  }

  private lanes(count: number, of: (i: number) => number): Content {
    return count === 1 ? of(0) : Array.from({ length: count }, (_, i) => of(i));
  }

  private across(combine: Combine, type: ScalarType, lanes: readonly number[]): number {
    const merge = operation(combine, type, type);
    let rest = [...lanes];
    while (rest.length > 1) {
      const half = rest.length / 2;
      rest = rest.slice(0, half).map((a, i) => held(merge(a, rest[half + i]!), type));
    }
    return rest[0]!;
  }

  private apply({ f, from, type, lanes, args }: Value & { op: 'apply' }): Content {
    if (args.some((x) => x.lanes !== lanes)) throw new Error(`operands of ${f} differ in lanes`);
    const contents = args.map((x) => this.value(x));
    const definition = from === 'f32' ? functionOf(f, this.target) : undefined;
    if (definition) return this.call(definition, contents, lanes);
    const compute = operation(f, from, type);
    const types = args.map((_, k) => (f === 'select' ? (k === 0 ? 'bool' : type) : f === 'reinterpret' ? from : from));
    return this.lanes(lanes, (i) =>
      held(compute(...contents.map((c, k) => held(typeof c === 'number' ? c : c[i]!, types[k]!))), type),
    );
  }

  private call({ params, body, result }: LinearFunction, contents: readonly Content[], lanes: number): Content {
    const inner = new Interpreter(this.target, this.memory);
    const width = this.target.lanes;
    params.forEach((p, k) => {
      const content = contents[k]!;
      inner.give(p, typeof content === 'number' ? Array(width).fill(content) : content);
    });
    let found: Content | undefined;
    inner.block(body, () => {
      found = inner.value(result);
    });
    return lanes === 1 ? (found! as readonly number[])[0]! : found!;
  }
}

/** Runs a kernel over arrays, as one of so many workers. */
export function interpretLinear(
  { params, body }: LinearCode,
  arrays: readonly TypedArray[],
  target: LinearTarget,
  worker = 0,
  workers = 1,
): void {
  const memory = new Memory();
  const interpreter = new Interpreter(target, memory, worker, workers);
  params.forEach((p, k) => {
    interpreter.give(p, memory.place(arrays[k]!));
  });
  interpreter.block(body);
}
