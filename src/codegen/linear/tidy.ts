import type { Register, Statement, Value } from './ir.ts';

type Let = Statement & { op: 'let' };

/**
 * Removes registers that nobody reads, and substitutes those that are read only once, by the next statement.
 */
export function tidied(body: readonly Statement[], result?: Value): { body: readonly Statement[]; result?: Value } {
  const uses = new Map<Register, number>();
  countAll(body, uses);
  if (result) countIn(result, uses);
  const list = new Tidier(uses).list(body);
  if (!result) return { body: list };
  // A function's result is its last statement.
  const last = list.at(-1);
  const only = last?.op === 'let' && last.value && uses.get(last.register) === 1 ? last : undefined;
  const whole = only && replaced(result, only.register, only.value!);
  return whole && whole !== result ? { body: list.slice(0, -1), result: whole } : { body: list, result };
}

class Tidier {
  declare private readonly uses: ReadonlyMap<Register, number>;

  constructor(uses: ReadonlyMap<Register, number>) {
    this.uses = uses;
  }

  list(body: readonly Statement[]): readonly Statement[] {
    const kept: Statement[] = [];
    for (const s of body) {
      if (s.op === 'let' && !this.uses.has(s.register)) continue;
      let statement = this.inner(s);
      for (;;) {
        const last = kept.at(-1);
        if (!last || !this.isOnce(last)) break;
        const next = withValue(statement, last.register, last.value!);
        if (next === statement) break;
        kept.pop();
        statement = next;
      }
      kept.push(statement);
    }
    return kept;
  }

  private isOnce(s: Statement): s is Let {
    return s.op === 'let' && s.value !== undefined && this.uses.get(s.register) === 1;
  }

  private inner(s: Statement): Statement {
    switch (s.op) {
      case 'if': {
        const [then, otherwise] = [this.list(s.then), this.list(s.otherwise)];
        return { ...s, then, otherwise };
      }
      case 'block':
      case 'loop':
        return { ...s, body: this.list(s.body) };
      case 'while':
        return { ...s, test: this.list(s.test), body: this.list(s.body) };
      default:
        return s;
    }
  }
}

/** The statement with a value substituted for a register that it reads before anything inside it runs. */
function withValue(s: Statement, register: Register, by: Value): Statement {
  const put = (x: Value): Value => replaced(x, register, by);
  switch (s.op) {
    case 'let':
    case 'set': {
      const value = s.value && put(s.value);
      return value === s.value ? s : ({ ...s, value } as Statement);
    }
    case 'store': {
      const [address, value] = [put(s.address), put(s.value)];
      return address === s.address && value === s.value ? s : { ...s, address, value };
    }
    case 'scatter': {
      const [address, indices, value] = [put(s.address), put(s.indices), put(s.value)];
      const isSame = address === s.address && indices === s.indices && value === s.value;
      return isSame ? s : { ...s, address, indices, value };
    }
    case 'if': {
      const condition = put(s.condition);
      return condition === s.condition ? s : { ...s, condition };
    }
    default:
      return s;
  }
}

function replaced(x: Value, register: Register, by: Value): Value {
  if (x === register) return by;
  const put = (y: Value): Value => replaced(y, register, by);
  switch (x.op) {
    case 'apply': {
      for (let k = 0; k < x.args.length; k++) {
        const arg = put(x.args[k]);
        // It occurs in one place only.
        if (arg !== x.args[k]) return { ...x, args: x.args.with(k, arg) };
      }
      return x;
    }
    case 'load': {
      const address = put(x.address);
      return address === x.address ? x : { ...x, address };
    }
    case 'gather': {
      const [address, indices] = [put(x.address), put(x.indices)];
      return address === x.address && indices === x.indices ? x : { ...x, address, indices };
    }
    case 'splat':
    case 'across': {
      const inner = put(x.x);
      return inner === x.x ? x : { ...x, x: inner };
    }
    case 'move': {
      const [base, index] = [put(x.base), put(x.index)];
      return base === x.base && index === x.index ? x : { ...x, base, index };
    }
    default:
      return x;
  }
}

function countAll(list: readonly Statement[], uses: Map<Register, number>): void {
  const count = (x: Value): void => countIn(x, uses);
  for (const s of list)
    switch (s.op) {
      case 'let':
        if (s.value) count(s.value);
        break;
      case 'set':
        count(s.register);
        count(s.value);
        break;
      case 'store':
        count(s.address);
        count(s.value);
        break;
      case 'scatter':
        count(s.address);
        count(s.indices);
        count(s.value);
        break;
      case 'if':
        count(s.condition);
        countAll(s.then, uses);
        countAll(s.otherwise, uses);
        break;
      case 'block':
        countAll(s.body, uses);
        break;
      case 'loop':
        count(s.counter);
        count(s.to);
        for (const [pointer] of s.pointers) count(pointer);
        countAll(s.body, uses);
        break;
      case 'while':
        countAll(s.test, uses);
        count(s.condition);
        countAll(s.body, uses);
    }
}

function countIn(x: Value, uses: Map<Register, number>): void {
  switch (x.op) {
    case 'register':
      uses.set(x, (uses.get(x) ?? 0) + 1);
      break;
    case 'apply':
      for (const y of x.args) countIn(y, uses);
      break;
    case 'load':
      countIn(x.address, uses);
      break;
    case 'gather':
      countIn(x.address, uses);
      countIn(x.indices, uses);
      break;
    case 'splat':
    case 'across':
      countIn(x.x, uses);
      break;
    case 'move':
      countIn(x.base, uses);
      countIn(x.index, uses);
  }
}
