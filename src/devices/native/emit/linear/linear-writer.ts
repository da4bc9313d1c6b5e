import type { Apply, LinearFunction, Statement, Value, Register as Virtual } from '../../../../codegen/linear/ir.ts';
import type { ScalarType } from '../../../../ir/expr.ts';
import { Label } from '../../encoder/assembler.ts';
import type { Condition } from '../../encoder/instructions.ts';
import { type Register, rax, rdx } from '../../encoder/operands.ts';
import type { Context } from '../context.ts';
import { compareWords, isNot, load } from '../scalar-operations.ts';
import { isComparison, isFloat, wordsOf } from '../vector-operations.ts';
import { gatherValue, loadValue, scatterValue, storeValue } from './accesses.ts';
import { addressOf, isInVector, seriesOf, type Values, wordOf } from './operands.ts';
import { floatApply, wordApply } from './single.ts';
import { acrossLanes, splatOf, vectorApply } from './vectors.ts';

/** Writes register code as x86-64 instructions. */
export class LinearWriter implements Values {
  readonly c: Context;
  readonly registers: Map<Virtual, Register>;
  /** The number of the worker and the number of workers. */
  private readonly worker: readonly [Register, Register] | undefined;

  constructor(
    c: Context,
    given: Iterable<readonly [Virtual, Register]>,
    worker?: readonly [index: Register, count: Register],
  ) {
    this.c = c;
    this.registers = new Map(given);
    this.worker = worker;
  }

  list(statements: readonly Statement[]): void {
    for (const s of statements) this.statement(s);
  }

  private statement(s: Statement): void {
    const { c } = this;
    const { code } = c;
    switch (s.op) {
      case 'let': {
        const made = this.introduce(s.register);
        if (s.value) this.value(s.value, made);
        else code.touch(made);
        break;
      }
      case 'set':
        this.value(s.value, this.registers.get(s.register)!);
        break;
      case 'store':
        storeValue(this, s);
        break;
      case 'scatter':
        scatterValue(this, s);
        break;
      case 'if': {
        const [otherwise, end] = [new Label(), new Label()];
        this.jumpUnless(s.condition, otherwise);
        this.list(s.then);
        if (s.otherwise.length > 0) code.jump(end);
        code.label(otherwise);
        this.list(s.otherwise);
        code.label(end);
        break;
      }
      case 'block':
        this.list(s.body);
        break;
      case 'loop':
        code.loop((again) => {
          this.list(s.body);
          for (const [pointer, bytes] of s.pointers) c.add(this.registers.get(pointer)!, bytes);
          const counter = this.registers.get(s.counter)!;
          c.word('addNumber', { m: counter, immediate: s.step });
          compareWords(c, 'lt', 'i32', counter, wordOf(this, s.to));
          code.jump(again, 'less');
        });
        break;
      case 'while': {
        const done = new Label();
        code.loop((again) => {
          this.list(s.test);
          this.jumpUnless(s.condition, done);
          this.list(s.body);
          code.jump(again);
        });
        code.label(done);
        break;
      }
      case 'part':
        this.part(s);
    }
  }

  private introduce(virtual: Virtual): Register {
    const made = isInVector(virtual) ? this.c.vector() : this.c.general();
    this.registers.set(virtual, made);
    return made;
  }

  /** ⌊t · units / T⌋ to ⌊(t + 1) · units / T⌋. */
  private part({ units, from, to }: Statement & { op: 'part' }): void {
    const { c } = this;
    const [index, count] = this.worker!;
    const bound = (virtual: Virtual, more: number): void => {
      const made = this.introduce(virtual);
      const next = c.general();
      c.move(next, index);
      if (more) c.word('addNumber', { m: next, immediate: more, wide: true });
      c.word('imulNumber', { a: next, m: next, immediate: units, wide: true });
      c.word('mov', { a: rax, m: next, wide: true });
      c.word('xor', { a: rdx, m: rdx });
      c.word('div', { m: count, wide: true });
      c.word('mov', { a: made, m: rax });
    };
    bound(from, 0);
    bound(to, 1);
  }

  private jumpUnless(x: Value, label: Label): void {
    const { c } = this;
    const condition = this.comparison(x);
    if (condition) c.code.jump(label, isNot(condition));
    else {
      const held = this.value(x);
      c.word('test', { a: held, m: held });
      c.code.jump(label, 'equal');
    }
  }

  /** Emits the comparison if the value is one of integers, and returns its condition. */
  private comparison(x: Value): Condition | undefined {
    if (x.op !== 'apply' || x.lanes > 1 || !isComparison(x.f) || isFloat(x.from) || x.from === 'bool') return undefined;
    return compareWords(this.c, x.f, x.from, wordOf(this, x.args[0]), wordOf(this, x.args[1]));
  }

  /** A value in a register: `into`, if given. */
  value(x: Value, into?: Register): Register {
    const { c } = this;
    switch (x.op) {
      case 'register': {
        const held = this.registers.get(x)!;
        if (!into) return held;
        c.move(into, held);
        return into;
      }
      case 'const':
        if (isInVector(x)) return c.held(wordsOf(x.value, x.type as ScalarType), this.c.length(x.lanes), into);
        return load(c, x.value, into);
      case 'series':
        return c.two('vmovups', { m: seriesOf(this, x) }, this.c.length(x.lanes), into);
      case 'apply':
        return this.apply(x, into);
      case 'load':
        return loadValue(this, x, into);
      case 'gather':
        return gatherValue(this, x, into);
      case 'splat':
        return splatOf(this, x, into);
      case 'across':
        return acrossLanes(this, x, into);
      case 'move': {
        const m = addressOf(this, x, 0);
        const to = into ?? c.general();
        c.word('lea', { a: to, m, wide: true });
        return to;
      }
    }
  }

  private apply(x: Apply, into?: Register): Register {
    if (x.lanes > 1) return vectorApply(this, x, into);
    return isFloat(x.from) || isFloat(x.type as ScalarType) ? floatApply(this, x, into) : wordApply(this, x, into);
  }

  inline({ params, body, result }: LinearFunction, args: readonly Register[]): Register {
    const inner = new LinearWriter(
      this.c,
      params.map((p, k) => [p, args[k]]),
    );
    inner.list(body);
    return inner.value(result);
  }
}
