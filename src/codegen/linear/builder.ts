import { type Apply, type Register, register, type Statement, type Type, type Value } from './ir.ts';

/** Collects the statements of the current block. */
export class Builder {
  private list: Statement[] = [];

  add(statement: Statement): void {
    this.list.push(statement);
  }

  /** The statements that `write` adds, as a block of their own. */
  block(write: () => void): readonly Statement[] {
    const outer = this.list;
    const inner: Statement[] = [];
    this.list = inner;
    write();
    this.list = outer;
    return inner;
  }

  /** A new register without a value. */
  declare(type: Type, lanes = 1): Register {
    const made = register(type, lanes);
    this.add({ op: 'let', register: made, value: undefined });
    return made;
  }

  /** A new register that holds a value. */
  let(value: Value): Register {
    const made = register(value.type, value.lanes);
    this.add({ op: 'let', register: made, value });
    return made;
  }

  /** The value in a form that may be used more than once. */
  hold(value: Value): Value {
    return isAtHand(value) ? value : this.let(value);
  }

  set(to: Register, value: Value): void {
    this.add({ op: 'set', register: to, value });
  }
}

function isAtHand(value: Value): boolean {
  if (value.op === 'apply') return isSameBits(value) && isAtHand(value.args[0]);
  return value.op === 'register' || value.op === 'const' || value.op === 'series';
}

/** Whether an operation changes the type of its operand. */
function isSameBits({ f, from, type, lanes }: Apply): boolean {
  if (f === 'reinterpret') return lanes > 1 || (from !== 'f32' && type !== 'f32');
  if (f !== 'convert' || (type !== 'i32' && type !== 'u32')) return false;
  return from === 'i32' || from === 'u32' || (from === 'bool' && lanes === 1);
}
