import { fail } from '../base/errors.ts';
import { type NpyArray, type NpyObjects, openNpy, readNpy, readRawArray } from './npy.ts';
import { readZip } from './zip.ts';

/** What a pickle holds, of what is read here. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | NpyArray
  | NpyObjects
  | readonly Pickled[]
  | ReadonlyMap<Pickled, Pickled>;

/** A global that NumPy's arrays are made by; nothing else is known, and nothing is ever called. */
type Known = 'ndarray' | 'dtype' | 'reconstruct';
const globals: ReadonlyMap<string, Known> = new Map([
  ['numpy ndarray', 'ndarray'],
  ['numpy dtype', 'dtype'],
  ['numpy.core.multiarray _reconstruct', 'reconstruct'],
  ['numpy._core.multiarray _reconstruct', 'reconstruct'],
]);

/** An array or a dtype whose state comes later. */
class Unfinished {
  readonly kind: 'array' | 'dtype';
  readonly code: string;
  state: readonly Value[] | undefined;
  constructor(kind: Unfinished['kind'], code = '') {
    this.kind = kind;
    this.code = code;
  }
}
class Global {
  readonly name: Known;
  constructor(name: Known) {
    this.name = name;
  }
}
/** Stands where a list of what follows begins. */
const mark = Symbol('mark');
type Value = Pickled | Unfinished | Global | typeof mark | Value[] | Map<Value, Value>;

const damaged = 'the file is damaged, or was written by another program: fetch it again';

/**
 * Reads a Python pickle (protocols 0 to 5, in binary form) of numbers, texts, lists, dictionaries and NumPy arrays; texts of
 * Python 2 are bytes. Any other class in it is refused: nothing is run.
 */
export function readPickle(bytes: Uint8Array): Pickled {
  return finished(new Reader(bytes).run());
}

class Reader {
  private readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly stack: Value[] = [];
  readonly marks: number[] = [];
  readonly memo: Value[] = [];
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): Value {
    for (;;) {
      const code = this.byte();
      // Most of what there is: small numbers in lists.
      if (code === 0x4b) this.stack.push(this.byte());
      else if (code === 0x4d) this.stack.push(this.byte() + 256 * this.byte());
      else if (code === 0x2e) return this.pop();
      else this.step(String.fromCharCode(code));
    }
  }

  private step(code: string): void {
    const make = makers[code];
    if (make) this.stack.push(make(this));
    else if (Object.hasOwn(doers, code)) doers[code](this);
    else refuse(`has the operation ${JSON.stringify(code)} at byte ${this.at - 1}, which is not known`);
  }

  byte(): number {
    if (this.at >= this.bytes.length) refuse('ends too early');
    return this.bytes[this.at++];
  }
  /** Where the next bytes begin, which are gone over. */
  skip(count: number): number {
    if (this.at + count > this.bytes.length) refuse('ends too early');
    this.at += count;
    return this.at - count;
  }
  take(count: number): Uint8Array {
    const from = this.skip(count);
    return this.bytes.subarray(from, from + count);
  }
  uint32(): number {
    return this.view.getUint32(this.skip(4), true);
  }
  uint64(): number {
    return Number(this.view.getBigUint64(this.skip(8), true));
  }
  text(count: number): string {
    return new TextDecoder().decode(this.take(count));
  }
  line(): string {
    const end = this.bytes.indexOf(10, this.at);
    if (end < 0) refuse('ends too early');
    const text = this.text(end - this.at);
    this.at++;
    return text;
  }
  pop(): Value {
    if (this.stack.length === 0) refuse('takes what is not there');
    return this.stack.pop()!;
  }
  top(): Value {
    if (this.stack.length === 0) refuse('takes what is not there');
    return this.stack.at(-1)!;
  }
  several(count: number): Value[] {
    if (this.stack.length < count) refuse('takes what is not there');
    return this.stack.splice(this.stack.length - count);
  }
  sinceMark(): Value[] {
    const from = this.marks.pop();
    if (from === undefined || from > this.stack.length) return refuse('takes what is not there');
    return this.stack.splice(from);
  }
  list(): Value[] {
    const list = this.top();
    return Array.isArray(list) ? (list as Value[]) : refuse('adds to what is no list');
  }
  setItems(items: readonly Value[]): void {
    const map = this.top();
    if (!(map instanceof Map)) refuse('adds to what is no dictionary');
    for (let k = 0; k + 1 < items.length; k += 2) (map as Map<Value, Value>).set(items[k], items[k + 1]);
  }
  remembered(k: number): Value {
    const found = this.memo[k];
    return found === undefined ? refuse('refers to what is not there') : found;
  }
}

/** Operations that put something on the stack. */
const makers: Readonly<Record<string, (from: Reader) => Value>> = {
  N: () => null,
  '\x88': () => true,
  '\x89': () => false,
  J: (from) => from.view.getInt32(from.skip(4), true),
  G: (from) => from.view.getFloat64(from.skip(8)),
  '\x8a': (from) => integerOf(from.take(from.byte())),
  X: (from) => from.text(from.uint32()),
  '\x8c': (from) => from.text(from.byte()),
  U: (from) => from.take(from.byte()),
  C: (from) => from.take(from.byte()),
  T: (from) => from.take(from.uint32()),
  B: (from) => from.take(from.uint32()),
  '\x8e': (from) => from.take(from.uint64()),
  ']': () => [],
  ')': () => [],
  '}': () => new Map(),
  '\x85': (from) => from.several(1),
  '\x86': (from) => from.several(2),
  '\x87': (from) => from.several(3),
  t: (from) => from.sinceMark(),
  l: (from) => from.sinceMark(),
  h: (from) => from.remembered(from.byte()),
  j: (from) => from.remembered(from.uint32()),
  c: (from) => globalOf(from.line(), from.line()),
  '\x93': (from) => globalOf(...(from.several(2).map(String) as [string, string])),
  R: (from) => called(...(from.several(2) as [Value, Value])),
};
/** Operations that change what is there. */
const doers: Readonly<Record<string, (to: Reader) => void>> = {
  '\x80': (to) => void to.byte(),
  '\x95': (to) => void to.take(8),
  '(': (to) => void to.marks.push(to.stack.length),
  '0': (to) => void to.pop(),
  a: (to) => {
    const x = to.pop();
    to.list().push(x);
  },
  e: (to) => {
    const xs = to.sinceMark();
    const list = to.list();
    for (const x of xs) list.push(x);
  },
  s: (to) => to.setItems(to.several(2)),
  u: (to) => to.setItems(to.sinceMark()),
  q: (to) => void (to.memo[to.byte()] = to.top()),
  r: (to) => void (to.memo[to.uint32()] = to.top()),
  '\x94': (to) => void to.memo.push(to.top()),
  b: (to) => {
    const state = to.pop();
    const object = to.top();
    if (!(object instanceof Unfinished) || !Array.isArray(state)) refuse('gives a state to what has none');
    object.state = state;
  },
};

function refuse(problem: string): never {
  return fail('pickle', problem, damaged);
}

function globalOf(module: string, name: string): Global {
  const known = globals.get(`${module} ${name}`);
  if (!known)
    return fail(
      'pickle',
      `holds ${module}.${name}, which is not read`,
      'do not trust this file: it may run programs in Python',
    );
  return new Global(known);
}

function called(f: Value, args: Value): Value {
  if (!(f instanceof Global) || !Array.isArray(args)) return refuse('calls what is no function');
  if (f.name === 'reconstruct') return new Unfinished('array');
  const [first] = args as readonly Value[];
  if (f.name === 'dtype') return new Unfinished('dtype', textOf(first));
  return refuse(`calls ${f.name}`);
}
const textOf = (x: Value): string =>
  typeof x === 'string' ? x : x instanceof Uint8Array ? new TextDecoder().decode(x) : refuse('names no text');

function integerOf(bytes: Uint8Array): number | bigint {
  let value = 0n;
  for (let k = bytes.length - 1; k >= 0; k--) value = value * 256n + BigInt(bytes[k]);
  const signed = BigInt.asIntN(8 * bytes.length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}

/** With the arrays made, now that all is known of them. */
function finished(x: Value): Pickled {
  if (x instanceof Unfinished) return x.kind === 'array' ? arrayOf(x) : refuse('holds a dtype alone');
  if (x instanceof Global || typeof x === 'symbol') return refuse('holds a function');
  if (x instanceof Map) return new Map([...(x as Map<Value, Value>)].map(([k, v]) => [finished(k), finished(v)]));
  if (!Array.isArray(x)) return x as Pickled;
  const list = x as Value[];
  // Lists of numbers, of which there are many, stay as they are.
  return list.every((v) => typeof v === 'number') ? (list as number[]) : list.map(finished);
}

/** `state` is version, shape, dtype, whether it is in Fortran order, and the data. */
function arrayOf({ state }: Unfinished): NpyArray | NpyObjects {
  const [, shape, dtype, isFortran, data] = state ?? refuse('holds an array without data');
  if (!Array.isArray(shape) || !(dtype instanceof Unfinished)) return refuse('holds an array of no shape');
  const sizes = (shape as Value[]).map(Number);
  if (dtype.code.startsWith('O'))
    return Array.isArray(data)
      ? { shape: sizes, objects: (data as Value[]).map(finished) }
      : refuse('holds no objects');
  const order = textOf(dtype.state?.[1] ?? '|');
  if (!(data instanceof Uint8Array)) return refuse('holds an array without data');
  return readRawArray('pickle', `${order}${dtype.code}`, Boolean(isFortran), sizes, data);
}

/** The arrays in an .npz file by their names, those of objects too. */
export async function readObjectNpz(bytes: Uint8Array): Promise<Record<string, NpyArray | NpyObjects>> {
  const arrays = Object.create(null) as Record<string, NpyArray | NpyObjects>;
  for (const [name, file] of Object.entries(await readZip(bytes))) {
    if (!name.endsWith('.npy')) continue;
    const { code, data } = openNpy(file);
    arrays[name.slice(0, -4)] = code.endsWith('O') ? objectsOf(readPickle(data)) : readNpy(file);
  }
  return arrays;
}
const objectsOf = (x: Pickled): NpyObjects =>
  typeof x === 'object' && x !== null && 'objects' in x ? x : refuse('holds no array of objects');
