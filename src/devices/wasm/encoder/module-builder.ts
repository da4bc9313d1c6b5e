import { fail } from '../../../base/errors.ts';
import { Bytes } from './bytes.ts';
import { Global, type LaneShape, VectorConstant, vector } from './expression.ts';
import { type Callable, FunctionBuilder, type Signature } from './function-builder.ts';
import type { ValueType } from './instructions.ts';

export interface MemoryLimits {
  /** Pages of 64 KiB. */
  readonly initial: number;
  readonly maximum: number;
  readonly shared: boolean;
}

const typeByte: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** The parameters and locals' owner is `FunctionBuilder`; a module collects functions and writes the binary. */
export class ModuleBuilder {
  private readonly types: Signature[] = [];
  private readonly typeIndex = new Map<string, number>();
  private readonly imports: { module: string; name: string; type: number }[] = [];
  private memory: { module: string; name: string; limits: MemoryLimits } | undefined;
  private readonly functions: FunctionBuilder[] = [];
  private readonly exported = new Map<string, number>();
  private readonly globals: { type: ValueType; mutable: boolean; init: Uint8Array }[] = [];
  private readonly vectors = new Map<string, Global>();
  private readonly segments: { offset: number | undefined; bytes: Uint8Array }[] = [];
  private readonly shared = new Map<string, FunctionBuilder>();
  private recorder: Callable | undefined;

  private type(signature: Signature): number {
    const key = `${signature.params.join()}>${signature.results.join()}`;
    let index = this.typeIndex.get(key);
    if (index === undefined) this.typeIndex.set(key, (index = this.types.push(signature) - 1));
    return index;
  }

  /** The memory all loads and stores go to, given when the module is instantiated: `{ [module]: { [name]: memory } }`. */
  importMemory(module: string, name: string, limits: MemoryLimits): void {
    this.memory = { module, name, limits };
  }

  /** A host function; imports come before the first function, because they take the first indices. */
  importFunction(module: string, name: string, signature: Signature): Callable {
    if (this.functions.length > 0)
      fail('ModuleBuilder', `import "${module}.${name}" comes after a function`, 'import functions first');
    return { index: this.imports.push({ module, name, type: this.type(signature) }) - 1, signature };
  }

  /** The host function imported under a name, if it is. */
  imported(module: string, name: string): Callable | undefined {
    const index = this.imports.findIndex((entry) => entry.module === module && entry.name === name);
    return index < 0 ? undefined : { index, signature: this.types[this.imports[index].type] };
  }

  /**
   * Functions made from now on call `touch(address, bytes, kind)` before each access to memory; the kinds count as `accessKinds`
   * lists them. Tests watch in this way which thread touches what.
   */
  record(touch: Callable): void {
    this.recorder = touch;
  }

  /** A function; `name` shows up in stack traces and profiles. It can be called before its body is written. */
  func(name: string, params: readonly ValueType[], results: readonly ValueType[] = []): FunctionBuilder {
    const index = this.imports.length + this.functions.length;
    const builder = new FunctionBuilder(name, index, { params, results }, this.recorder);
    this.functions.push(builder);
    return builder;
  }

  /** The function kept under `key`, built by `build` when it is asked for the first time. */
  once(key: string, build: (module: this) => FunctionBuilder): FunctionBuilder {
    let found = this.shared.get(key);
    if (!found) this.shared.set(key, (found = build(this)));
    return found;
  }

  export(name: string, callee: Callable): void {
    if (this.exported.has(name)) fail('ModuleBuilder', `two exports named "${name}"`, 'give each export its own name');
    this.exported.set(name, callee.index);
  }

  /** A global number, private to each thread's instance of the module. */
  global(type: Exclude<ValueType, 'v128'>, value: number | bigint, mutable = true): Global {
    const init = new Bytes();
    init.u8({ i32: 0x41, i64: 0x42, f32: 0x43, f64: 0x44 }[type]);
    if (type === 'i32') init.i32(Number(value));
    else if (type === 'i64') init.i64(BigInt(value));
    else if (type === 'f32') init.f32(Number(value));
    else init.f64(Number(value));
    this.globals.push({ type, mutable, init: init.view8() });
    return new Global(this.globals.length - 1, type);
  }

  /** A vector constant kept in an immutable global (one memory operand, where `v128.const` takes several instructions). */
  vector(shape: LaneShape, values: number | bigint | readonly (number | bigint)[]): Global {
    const constant: VectorConstant = vector(shape, values);
    const key = constant.bytes.join();
    let found = this.vectors.get(key);
    if (!found) {
      this.globals.push({ type: 'v128', mutable: false, init: new Uint8Array([0xfd, 0x0c, ...constant.bytes]) });
      this.vectors.set(key, (found = new Global(this.globals.length - 1, 'v128')));
    }
    return found;
  }

  /** Bytes copied to `offset` at instantiation or, without an offset, a passive segment for `memoryInit`. */
  data(bytes: Uint8Array, offset?: number): number {
    return this.segments.push({ offset, bytes }) - 1;
  }

  /** The module's binary. */
  build(): Uint8Array<ArrayBuffer> {
    const out = new Bytes();
    const typeOf = this.functions.map((f) => this.type(f.signature));
    out.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
    section(out, 1, this.types, (s, { params, results }) => {
      s.u8(0x60);
      for (const list of [params, results]) {
        s.u32(list.length);
        for (const type of list) s.u8(typeByte[type]);
      }
    });
    section(out, 2, [...(this.memory ? [this.memory] : []), ...this.imports], (s, entry) => {
      s.name(entry.module);
      s.name(entry.name);
      if ('limits' in entry) {
        s.raw([0x02, entry.limits.shared ? 0x03 : 0x01]);
        s.u32(entry.limits.initial);
        s.u32(entry.limits.maximum);
      } else {
        s.u8(0x00);
        s.u32(entry.type);
      }
    });
    section(out, 3, typeOf, (s, type) => s.u32(type));
    section(out, 6, this.globals, (s, { type, mutable, init }) => {
      s.raw([typeByte[type], mutable ? 1 : 0]);
      s.raw(init);
      s.u8(0x0b);
    });
    section(out, 7, [...this.exported], (s, [name, index]) => {
      s.name(name);
      s.u8(0x00);
      s.u32(index);
    });
    if (this.segments.length > 0) {
      out.u8(12);
      const count = new Bytes();
      count.u32(this.segments.length);
      out.u32(count.length);
      out.raw(count.view8());
    }
    section(out, 10, this.functions, (s, f) => {
      const body = f.encode();
      s.u32(body.length);
      s.raw(body);
    });
    section(out, 11, this.segments, (s, { offset, bytes }) => {
      if (offset === undefined) s.u8(1);
      else {
        s.raw([0x00, 0x41]);
        s.i32(offset);
        s.u8(0x0b);
      }
      s.u32(bytes.length);
      s.raw(bytes);
    });
    this.names(out);
    return new Uint8Array(out.view8());
  }

  /** The `name` section: function names for stack traces. */
  private names(out: Bytes): void {
    const list = new Bytes();
    list.u32(this.functions.length);
    for (const f of this.functions) {
      list.u32(f.index);
      list.name(f.name);
    }
    const content = new Bytes();
    content.name('name');
    content.u8(1);
    content.u32(list.length);
    content.raw(list.view8());
    out.u8(0);
    out.u32(content.length);
    out.raw(content.view8());
  }
}

function section<T>(out: Bytes, id: number, entries: readonly T[], write: (content: Bytes, entry: T) => void): void {
  if (entries.length === 0) return;
  const content = new Bytes();
  content.u32(entries.length);
  for (const entry of entries) write(content, entry);
  out.u8(id);
  out.u32(content.length);
  out.raw(content.view8());
}
