import { type Instruction, instructionNames, opcode } from '../src/devices/wasm/encoder/instructions.ts';

/** A function of a module as text. */
export interface FunctionText {
  readonly name: string;
  /** Parameters and results, as `(i32 i32) -> f32`. */
  readonly signature: string;
  readonly bytes: number;
  readonly locals: string;
  /** A line a statement: operands in the order in which they are pushed, then the instruction that takes them. */
  readonly lines: readonly string[];
}

interface Signature {
  readonly params: readonly string[];
  readonly results: readonly string[];
}

const types: Record<number, string> = { 127: 'i32', 126: 'i64', 125: 'f32', 124: 'f64', 123: 'v128' };
const names = new Map<number, Instruction>();
/** Opcodes as one number: the page, then what follows it. */
const pages: ReadonlySet<number> = new Set([0xfc, 0xfd, 0xfe]);
for (const name of instructionNames()) {
  const [first, ...rest] = opcode(name);
  const number = rest.reduce((sum, byte, k) => sum | ((byte & 0x7f) << (7 * k)), 0);
  names.set(pages.has(first!) ? (first! << 16) | number : first!, name);
}

class Reader {
  readonly bytes: Uint8Array;
  at: number;
  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }
  byte(): number {
    return this.bytes[this.at++]!;
  }
  u32(): number {
    return Number(BigInt.asUintN(32, this.leb(false)));
  }
  leb(signed: boolean): bigint {
    let [result, shift] = [0n, 0n];
    for (;;) {
      const byte = BigInt(this.byte());
      result |= (byte & 0x7fn) << shift;
      shift += 7n;
      if ((byte & 0x80n) === 0n) return signed && (byte & 0x40n) !== 0n ? result - (1n << shift) : result;
    }
  }
  take(count: number): Uint8Array {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
  name(): string {
    return new TextDecoder().decode(this.take(this.u32()));
  }
  list<T>(item: () => T): T[] {
    return Array.from({ length: this.u32() }, item);
  }
  float(bytes: 4 | 8): number {
    const view = new DataView(this.take(bytes).slice().buffer);
    return bytes === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true);
  }
}

/** The functions of a module that the encoder wrote. */
export function functionsOf(code: Uint8Array): FunctionText[] {
  const reader = new Reader(code, 8);
  const signatures: Signature[] = [];
  const imported: { name: string; type: number }[] = [];
  let declared: number[] = [];
  const globals: string[] = [];
  const bodies: Uint8Array[] = [];
  const called = new Map<number, string>();
  while (reader.at < code.length) {
    const id = reader.byte();
    const section = new Reader(reader.take(reader.u32()));
    if (id === 1)
      section.list(() => {
        section.byte();
        signatures.push({
          params: section.list(() => types[section.byte()]!),
          results: section.list(() => types[section.byte()]!),
        });
      });
    else if (id === 2)
      section.list(() => {
        section.name();
        const name = section.name();
        if (section.byte() === 0) imported.push({ name, type: section.u32() });
        else {
          section.byte();
          section.u32();
          section.u32();
        }
      });
    else if (id === 3) declared = section.list(() => section.u32());
    else if (id === 6)
      section.list(() => {
        const [type, mutable] = [section.byte(), section.byte()];
        const value = constant(section);
        section.byte();
        globals.push(mutable || types[type] !== 'v128' ? `global${globals.length}` : value);
      });
    else if (id === 10) section.list(() => bodies.push(section.take(section.u32())));
    else if (id === 0) {
      section.name();
      section.byte();
      section.u32();
      section.list(() => called.set(section.u32(), section.name()));
    }
  }
  imported.forEach(({ name }, k) => called.set(k, name));
  const typeOf = (index: number): Signature => signatures[[...imported.map(({ type }) => type), ...declared][index]!]!;
  return bodies.map((bytes, k) => {
    const index = imported.length + k;
    const { params, results } = typeOf(index);
    const body = new Reader(bytes);
    const locals = body.list(() => `${body.u32()} ${types[body.byte()]}`).join(', ');
    const lines = new Listing(body, globals, called, typeOf).lines();
    return {
      name: called.get(index) ?? `function ${index}`,
      signature: `(${params.join(' ')})${results.length > 0 ? ` -> ${results.join(' ')}` : ''}`,
      bytes: bytes.length,
      locals,
      lines,
    };
  });
}

/** The constant that an instruction pushes. */
function constant(reader: Reader, code = reader.byte()): string {
  if (code === 0x41 || code === 0x42) return `${reader.leb(true)}`;
  if (code === 0x43) return short(reader.float(4));
  if (code === 0x44) return short(reader.float(8));
  reader.byte();
  const { buffer } = reader.take(16).slice();
  return lanesOf(buffer);
}

/** Numbers of float32 are given with the digits that tell them apart. */
const short = (x: number): string =>
  Object.is(x, -0) ? '-0.' : Number.isInteger(x) && Math.abs(x) < 1e6 ? `${x}.` : `${+x.toPrecision(9)}`;

/** Four equal lanes are written once; as floats where that gives a number of usual size. */
function lanesOf(buffer: ArrayBuffer): string {
  const [ints, floats] = [[...new Int32Array(buffer)], [...new Float32Array(buffer)]];
  const usual = (x: number): boolean => Number.isFinite(x) && Math.abs(x) >= 1e-30 && Math.abs(x) < 1e30;
  const isFloat = (n: number, x: number): boolean => (usual(x) && Math.abs(n) > 1e6) || Math.abs(x) === Infinity;
  const words = ints.map((n, k) => (isFloat(n, floats[k]!) ? short(floats[k]!) : `${n}`));
  return new Set(words).size === 1 ? `<${words[0]}>` : `<${words.join(' ')}>`;
}

/** A shuffle, of whole lanes where it is one. */
function shuffled(bytes: readonly number[]): string {
  const lanes = [0, 4, 8, 12].map((k) => bytes[k]! / 4);
  const isWhole = bytes.every((byte, k) => byte === 4 * lanes[k >> 2]! + (k % 4));
  return isWhole ? `shuffle32(${lanes.join()})` : `i8x16.shuffle(${bytes.join()})`;
}

class Listing {
  private readonly reader: Reader;
  private readonly globals: readonly string[];
  private readonly called: ReadonlyMap<number, string>;
  private readonly typeOf: (index: number) => Signature;
  private readonly text: string[] = [];
  private line: string[] = [];
  private depth = 0;

  constructor(
    reader: Reader,
    globals: readonly string[],
    called: ReadonlyMap<number, string>,
    typeOf: (index: number) => Signature,
  ) {
    this.reader = reader;
    this.globals = globals;
    this.called = called;
    this.typeOf = typeOf;
  }

  lines(): string[] {
    while (this.reader.at < this.reader.bytes.length) this.instruction();
    this.end();
    return this.text;
  }

  private end(word?: string): void {
    if (word !== undefined) this.line.push(word);
    if (this.line.length > 0) this.text.push(`${'  '.repeat(this.depth)}${this.line.join(' ')}`);
    this.line = [];
  }

  private open(word: string): void {
    const result = this.reader.byte();
    this.end(result === 0x40 ? word : `${word} ${types[result]}`);
    this.depth++;
  }

  private instruction(): void {
    const { reader } = this;
    const code = reader.byte();
    const [ending, word] = [this.ending(code), this.word(code)];
    if (ending !== undefined) this.end(ending);
    else if (word !== undefined) this.line.push(word);
    else if (code >= 0x02 && code <= 0x04) this.open(['block', 'loop', 'if'][code - 2]!);
    else if (code === 0x05) this.otherwise();
    else if (code === 0x0b) this.close();
    else if (code === 0x10) this.call();
    else if (pages.has(code)) this.paged(code, reader.u32());
    else this.named(names.get(code)!);
  }

  /** An instruction that ends a statement. */
  private ending(code: number): string | undefined {
    const { reader } = this;
    if (code === 0x00) return 'unreachable';
    if (code === 0x0c) return `br ${reader.u32()}`;
    if (code === 0x0d) return `br_if ${reader.u32()}`;
    if (code === 0x0e) return `br_table ${reader.list(() => reader.u32()).join(' ')} ${reader.u32()}`;
    if (code === 0x0f) return 'return';
    if (code === 0x1a) return 'drop';
    if (code === 0x21) return `=> $${reader.u32()}`;
    return code === 0x24 ? `=> global${reader.u32()}` : undefined;
  }

  /** An instruction that leaves something on the stack. */
  private word(code: number): string | undefined {
    const { reader } = this;
    if (code === 0x1b) return 'select';
    if (code === 0x20) return `$${reader.u32()}`;
    if (code === 0x22) return `=>> $${reader.u32()}`;
    if (code === 0x23) return this.globals[reader.u32()]!;
    return code >= 0x41 && code <= 0x44 ? constant(reader, code) : undefined;
  }

  private otherwise(): void {
    this.end();
    this.depth--;
    this.end('else');
    this.depth++;
  }

  private close(): void {
    this.end();
    this.depth--;
    if (this.reader.at < this.reader.bytes.length) this.end('end');
  }

  private call(): void {
    const index = this.reader.u32();
    const word = `call ${this.called.get(index) ?? index}`;
    if (this.typeOf(index).results.length > 0) this.line.push(word);
    else this.end(word);
  }

  private paged(page: number, number: number): void {
    const { reader } = this;
    if (page === 0xfd && number === 0x0c) this.line.push(lanesOf(reader.take(16).slice().buffer));
    else if (page === 0xfd && number === 0x0d) this.line.push(shuffled([...reader.take(16)]));
    else if (page === 0xfc && number >= 8) {
      reader.take(number === 10 ? 2 : 1);
      this.end(number === 10 ? 'memory.copy' : 'memory.fill');
    } else if (page === 0xfe && number === 3) {
      reader.byte();
      this.end('atomic.fence');
    } else this.named(names.get((page << 16) | number)!);
  }

  private named(name: Instruction): void {
    const { reader } = this;
    let word: string = name;
    if (/load|store|atomic/.test(name)) {
      reader.u32();
      const offset = reader.u32();
      if (offset > 0) word += `+${offset}`;
    }
    if (name.endsWith('_lane')) word += `(${reader.byte()})`;
    if (/store|notify/.test(name) && !name.includes('rmw')) this.end(word);
    else this.line.push(word);
  }
}
