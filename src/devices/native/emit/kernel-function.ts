import { fail } from '../../../base/errors.ts';
import type { KernelFunction } from '../../kernels/machine.ts';
import {
  type Callable,
  Expression,
  Local,
  type MemoryLane,
  type Operand,
  op,
  Select,
  Shuffle,
  type Store,
  type Label as Target,
  type ValueType,
} from '../../wasm/encoder/index.ts';
import { Label } from '../encoder/assembler.ts';
import { type Condition, moveIf, setIf } from '../encoder/instructions.ts';
import { at, type Memory, Register, rax, rdi, rdx } from '../encoder/operands.ts';
import { type Context, isShort as fits, type Name } from './context.ts';
import { arithmetic, comparisons, shuffles } from './kernel-instructions.ts';
import { isNot } from './scalar-operations.ts';

/** A function that is called with rdi pointing to a block of 64-bit words. */
export interface NativeCallable extends Callable {
  readonly label: Label;
}
export const callable = (label: Label, params: readonly ValueType[] = []): NativeCallable => ({
  index: 0,
  signature: { params, results: [] },
  label,
});

type Word = Register | number;
const most = 40;

const unsupported = (what: string): never =>
  fail('native device', `a kernel uses ${what}, which has no instruction here`, 'report this with the program');

/**
 * Writes a kernel function: `i32` becomes 64 bits, for numbers and addresses alike; `v128` is four floats. Its argument
 * is a block of words; the last one is the address of the threads' control page.
 */
export class NativeFunction implements KernelFunction, NativeCallable {
  readonly c: Context;
  readonly label = new Label();
  readonly index = 0;
  readonly signature: Callable['signature'];
  readonly params: readonly Local[];
  readonly control: Local;
  private readonly registers = new Map<Local, Register>();
  private readonly targets = new Map<Target, Label>();
  private readonly words: Memory;

  constructor(c: Context, params: readonly ValueType[]) {
    this.c = c;
    this.signature = { params, results: [] };
    this.words = c.code.place(8 * most);
    c.word('mov', { a: rax, m: rdi, wide: true });
    const given = (k: number): Local => {
      const local = this.local('i32');
      c.word('mov', { a: this.register(local), m: at(rax, 8 * k), wide: true });
      return local;
    };
    this.params = params.map((_, k) => given(k));
    this.control = given(params.length);
  }

  register(local: Local): Register {
    return this.registers.get(local)!;
  }

  /** The local that stands for a register. */
  named(register: Register): Local {
    const local = new Local(0, register.kind === 'vector' ? 'v128' : 'i32');
    this.registers.set(local, register);
    return local;
  }

  local(type: ValueType): Local {
    const register = type === 'v128' || type === 'f32' ? this.c.vector() : this.c.general();
    this.c.code.touch(register);
    return this.named(register);
  }

  let(type: ValueType, value: Operand): Local {
    const local = this.local(type);
    this.set(local, value);
    return local;
  }

  set(local: Local, value: Operand): void {
    const to = this.register(local);
    if (to.kind === 'vector') this.c.two('vmovups', { m: this.vector(value) }, 128, to);
    else this.load(value, to);
  }

  private load(x: Operand, to: Register): void {
    const word = this.word(x);
    if (typeof word === 'number') this.c.number(word, to);
    else this.c.move(to, word);
  }

  private held(x: Operand): Register {
    const word = this.word(x);
    if (typeof word !== 'number') return word;
    const to = this.c.general();
    this.c.number(word, to);
    return to;
  }

  /** A number or an address. */
  private word(x: Operand): Word {
    if (typeof x === 'number') return x;
    if (x instanceof Local) return this.register(x);
    const { c } = this;
    const to = c.general();
    if (x instanceof Select) {
      const [a, b] = [this.held(x.a), this.held(x.b)];
      c.move(to, b);
      const condition = this.compare(x.condition);
      c.word(moveIf(condition), { a: to, m: a, wide: true });
      return to;
    }
    if (!(x instanceof Expression)) return unsupported(`an operand of ${typeof x}`);
    const [a, b] = x.operands as [Operand, Operand];
    const both = arithmetic[x.name];
    if (both) {
      this.arithmetic(x.name, both, a, b, to);
      return to;
    }
    if (comparisons[x.name] || x.name === 'i32.eqz') {
      const condition = this.compare(x);
      const byte = c.general();
      c.word(setIf(condition), { m: byte });
      c.word('movzx8', { a: to, m: byte });
      return to;
    }
    switch (x.name) {
      case 'i32.shl':
        this.load(a, to);
        c.word('shl', { m: to, immediate: b as number, wide: true });
        return to;
      case 'i32.div_u':
      case 'i32.rem_u':
      case 'i32.div_s':
        this.divide(x.name, a, b, to);
        return to;
      case 'i32.load':
      case 'i32.atomic.load':
        c.word('mov', { a: to, m: this.place(a, x.offset) });
        return to;
      case 'i64.load':
        c.word('mov', { a: to, m: this.place(a, x.offset), wide: true });
        return to;
      case 'i32.atomic.rmw.add': {
        const m = this.place(a, x.offset);
        this.load(b, to);
        c.word('xadd', { a: to, m });
        return to;
      }
    }
    return unsupported(x.name);
  }

  private arithmetic(
    name: string,
    [byRegister, byNumber]: readonly [Name, Name],
    a: Operand,
    b: Operand,
    to: Register,
  ) {
    const { c } = this;
    let [x, y] = [this.word(a), this.word(b)];
    if (typeof x === 'number' && name !== 'i32.sub') [x, y] = [y, x];
    const isNumber = typeof y === 'number' && fits(y);
    if (!isNumber) {
      if (typeof x === 'number') c.number(x, to);
      else c.move(to, x);
      c.word(byRegister, { a: to, m: typeof y === 'number' ? this.held(y) : y, wide: true });
      return;
    }
    const left = typeof x === 'number' ? this.held(x) : x;
    if (name === 'i32.mul') {
      const exponent = Math.log2(y as number);
      if (Number.isInteger(exponent)) {
        c.move(to, left);
        if (exponent > 0) c.word('shl', { m: to, immediate: exponent, wide: true });
      } else c.word('imulNumber', { a: to, m: left, immediate: y as number, wide: true });
      return;
    }
    c.move(to, left);
    c.word(byNumber, { m: to, immediate: y as number, wide: true });
  }

  /** Division and remainder of numbers below 2^31. */
  private divide(name: string, a: Operand, b: Operand, to: Register): void {
    const { c } = this;
    const left = this.held(a);
    const exponent = typeof b === 'number' ? Math.log2(b) : Number.NaN;
    if (name !== 'i32.div_s' && Number.isInteger(exponent)) {
      c.move(to, left);
      if (name === 'i32.rem_u') c.word('andNumber', { m: to, immediate: (b as number) - 1, wide: true });
      else if (exponent > 0) c.word('shr', { m: to, immediate: exponent, wide: true });
      return;
    }
    const divisor = this.held(b);
    c.word('mov', { a: rax, m: left });
    if (name === 'i32.div_s') {
      c.word('cdq', {});
      c.word('idiv', { m: divisor });
      c.word('movsxd', { a: to, m: rax, wide: true });
      return;
    }
    c.word('xor', { a: rdx, m: rdx });
    c.word('div', { m: divisor });
    c.word('mov', { a: to, m: name === 'i32.rem_u' ? rdx : rax });
  }

  /** Emits a comparison and returns the condition that expresses its result. */
  private compare(x: Operand): Condition {
    const { c } = this;
    const condition = x instanceof Expression ? comparisons[x.name] : undefined;
    if (condition) {
      const [a, b] = (x as Expression).operands as [Operand, Operand];
      const left = this.held(a);
      const right = this.word(b);
      if (typeof right === 'number') c.word('cmpNumber', { m: left, immediate: right, wide: true });
      else c.word('cmp', { a: left, m: right, wide: true });
      return condition;
    }
    if (x instanceof Expression && x.name === 'i32.eqz') {
      const word = this.held(x.operands[0]);
      c.word('test', { a: word, m: word, wide: true });
      return 'equal';
    }
    const word = this.held(x);
    c.word('test', { a: word, m: word, wide: true });
    return 'notEqual';
  }

  place(address: Operand, offset = 0): Memory {
    if (address instanceof Expression && address.name === 'i32.add') {
      const [a, b] = address.operands as [Operand, Operand];
      if (typeof b === 'number') return this.place(a, offset + b);
      return { base: this.held(a), index: this.held(b), scale: 1, displacement: offset };
    }
    return { base: this.held(address), displacement: offset };
  }

  /** A value of four floats, or of one. */
  private vector(x: Operand): Register {
    const { c } = this;
    if (x instanceof Local) return this.register(x);
    if (x instanceof Shuffle) {
      const words = [0, 4, 8, 12].map((i) => x.bytes[i]).join();
      const name = shuffles[words];
      if (!name) return unsupported(`a shuffle of ${words}`);
      return c.three(name, this.vector(x.a), { m: this.vector(x.b) }, 128);
    }
    if (x instanceof Expression) {
      const [a] = x.operands as [Operand];
      if (x.name === 'v128.load') return c.two('vmovups', { m: this.place(a, x.offset) }, 128);
      if (x.name === 'f32.load' || x.name === 'v128.load32_zero')
        return c.two('vmovss', { m: this.place(a, x.offset) }, 128);
    }
    return unsupported(x instanceof Expression ? x.name : `a vector of ${typeof x}`);
  }

  increment(local: Local, amount: Operand): void {
    if (amount === 0) return;
    const to = this.register(local);
    const word = this.word(amount);
    if (typeof word === 'number') this.c.word('addNumber', { m: to, immediate: word, wide: true });
    else this.c.word('add', { a: to, m: word, wide: true });
  }

  countDown(local: Local, amount: number, again: Target): void {
    this.c.word('subNumber', { m: this.register(local), immediate: amount, wide: true });
    this.c.code.jump(this.targets.get(again)!, 'notEqual');
  }

  store(name: Store, address: Operand, value: Operand, offset = 0): void {
    const { c } = this;
    const m = this.place(address, offset);
    if (name === 'v128.store') c.write('vmovupsStore', this.vector(value), m, 128);
    else if (name === 'f32.store') c.write('vmovssStore', this.vector(value), m, 128);
    else if (name === 'i64.store') c.word('movStore', { a: this.held(value), m, wide: true });
    else if (name === 'i32.store') c.word('movStore', { a: this.held(value), m });
    else unsupported(name);
  }

  memoryLane(name: MemoryLane, index: number, address: Operand, value: Operand, offset = 0): void {
    const { c } = this;
    const vector = this.vector(value);
    const m = this.place(address, offset);
    if (name === 'v128.store64_lane') {
      if (index === 0) c.write('vmovqStore', vector, m, 128);
      else c.write('vmovqStore', c.three('vunpckhpd', vector, { m: vector }, 128), m, 128);
    } else if (name === 'v128.store32_lane') {
      const lane = index === 0 ? vector : c.two('vpshufd', { m: vector }, 128, undefined, { immediate: index });
      c.write('vmovssStore', lane, m, 128);
    } else unsupported(name);
  }

  memoryFill(target: Operand, value: Operand, count: Operand): void {
    const { c } = this;
    if (value !== 0 || typeof count !== 'number' || count % 64 !== 0) unsupported('a filling of memory');
    const zero = c.held([0], 128);
    const to = c.general();
    this.load(target, to);
    const left = this.let('i32', (count as number) / 64);
    this.loop((again) => {
      for (let k = 0; k < 64; k += 16) c.write('vmovupsStore', zero, at(to, k), 128);
      c.word('addNumber', { m: to, immediate: 64, wide: true });
      this.countDown(left, 1, again);
    });
  }

  call(callee: Callable, ...args: Operand[]): void {
    const { c } = this;
    [...args, this.control].forEach((arg, k) => {
      const m = { ...this.words, displacement: this.words.displacement + 8 * k };
      const word = this.word(arg);
      if (typeof word === 'number' && fits(word)) c.word('movNumber', { m, immediate: word, wide: true });
      else c.word('movStore', { a: typeof word === 'number' ? this.held(word) : word, m, wide: true });
    });
    c.word('lea', { a: rdi, m: this.words, wide: true });
    c.code.call((callee as NativeCallable).label, true);
  }

  scope<T>(body: () => T): T {
    return body();
  }

  block(body: (end: Target) => void): void {
    const [target, label] = [{ depth: 0 }, new Label()];
    this.targets.set(target, label);
    body(target);
    this.c.code.label(label);
  }

  loop(body: (again: Target) => void): void {
    this.c.code.loop((label) => {
      const target = { depth: 0 };
      this.targets.set(target, label);
      body(target);
    });
  }

  if(condition: Operand, then: () => void, otherwise?: () => void): void {
    const { code } = this.c;
    if (typeof condition === 'number') {
      if (condition) then();
      else otherwise?.();
      return;
    }
    const [other, end] = [new Label(), new Label()];
    code.jump(other, isNot(this.compare(condition)));
    then();
    if (otherwise) code.jump(end);
    code.label(other);
    otherwise?.();
    code.label(end);
  }

  br(label: Target): void {
    this.c.code.jump(this.targets.get(label)!);
  }

  brIf(label: Target, condition: Operand): void {
    this.c.code.jump(this.targets.get(label)!, this.compare(condition));
  }

  for(local: Local, from: Operand, to: Operand, step: number, body: () => void): void {
    const isKnown = typeof from === 'number' && typeof to === 'number';
    if (isKnown && from >= to) return;
    this.set(local, from);
    if (isKnown && from + step >= to) {
      body();
      return;
    }
    const turns = (): void =>
      this.loop((again) => {
        body();
        this.increment(local, step);
        this.brIf(again, op('i32.lt_s', local, to));
      });
    if (isKnown) turns();
    else this.if(op('i32.lt_s', local, to), turns);
  }
}
