import { dtypeInfo } from '../../../base/dtype.ts';
import type { Register, Scattered, Statement, Type, Value } from '../../../codegen/linear/ir.ts';
import { partOf } from '../../kernels/part.ts';
import { Local, load, type Operand, op, type ValueType } from '../encoder/index.ts';
import { across, laneOperation, numbers, splat } from './lane-operations.ts';
import { gatherLanes, loadLanes, loadScalar, scatterLanes, storeLanes, storeScalar } from './memory.ts';
import { scalarOperation, valueType } from './scalar-operations.ts';
import type { Target } from './target.ts';

const localType = (type: Type, lanes: number): ValueType =>
  type === 'address' ? 'i32' : lanes > 1 ? 'v128' : valueType(type);

/** Writes kernels as WebAssembly: registers become locals, operations the instructions in the tables. */
export class LinearWriter {
  private readonly target: Target;
  private readonly registers: Map<Register, Operand>;

  /** `given`: the registers that the code does not introduce itself. */
  constructor(target: Target, given: Iterable<readonly [Register, Operand]>) {
    this.target = target;
    this.registers = new Map(given);
  }

  list(statements: readonly Statement[]): void {
    for (const s of statements) this.statement(s);
  }

  private statement(s: Statement): void {
    const { f } = this.target;
    switch (s.op) {
      case 'let': {
        const type = localType(s.register.type, s.register.lanes);
        this.registers.set(s.register, s.value ? f.let(type, this.operand(s.value)) : f.local(type));
        break;
      }
      case 'set':
        f.set(this.local(s.register), this.operand(s.value));
        break;
      case 'store':
        if (s.value.lanes === 1) storeScalar(f, s.dtype, this.operand(s.address), this.operand(s.value), s.offset);
        else storeLanes(this.target, s, this.operand(s.address), this.operand(s.value));
        break;
      case 'scatter':
        scatterLanes(this.target, s, this.operand(s.address), this.distances(s), this.operand(s.value));
        break;
      case 'if': {
        const arm = (body: readonly Statement[]) => () => f.scope(() => this.list(body));
        f.if(this.operand(s.condition), arm(s.then), s.otherwise.length > 0 ? arm(s.otherwise) : undefined);
        break;
      }
      case 'block':
        f.scope(() => this.list(s.body));
        break;
      case 'loop':
        this.loop(s);
        break;
      case 'while':
        f.block((done) => {
          f.loop((again) => {
            f.scope(() => {
              this.list(s.test);
              f.brIf(done, op('i32.eqz', this.operand(s.condition)));
              this.list(s.body);
            });
            f.br(again);
          });
        });
        break;
      case 'part': {
        const [index, count] = f.params as [Local, Local];
        const [from, to] = partOf(f, s.units, index, count);
        this.registers.set(s.from, from).set(s.to, to);
      }
    }
  }

  private loop({ counter, to, step, pointers, body }: Statement & { op: 'loop' }): void {
    const { f } = this.target;
    const local = this.local(counter);
    f.loop((again) => {
      f.scope(() => this.list(body));
      for (const [pointer, bytes] of pointers) f.increment(this.local(pointer), bytes);
      f.tee(local, op('i32.add', local, step));
      f.push(this.operand(to));
      f.op('i32.lt_s');
      f.brIf(again);
    });
  }

  private local(register: Register): Local {
    return this.registers.get(register) as Local;
  }

  operand(x: Value): Operand {
    const { f, module } = this.target;
    switch (x.op) {
      case 'register':
        return this.registers.get(x)!;
      case 'const': {
        if (x.lanes > 1) return numbers(module, x.value, x.type);
        const type = valueType(x.type);
        return type === 'i32' ? x.value : () => f.push(x.value, type);
      }
      case 'series':
        return module.vector(
          'i32x4',
          [0, 1, 2, 3].map((i) => x.first + i * x.step),
        );
      case 'apply': {
        const args = x.args.map((y) => this.operand(y));
        return x.lanes > 1 ? laneOperation(this.target, x, args) : scalarOperation(this.target, x, args);
      }
      case 'load': {
        const address = this.operand(x.address);
        return x.lanes > 1 ? loadLanes(f, x, address) : loadScalar(x.dtype, address, x.offset);
      }
      case 'gather':
        return gatherLanes(f, x, this.operand(x.address), this.distances(x));
      case 'splat': {
        const { x: inner } = x;
        if (inner.op === 'load' && inner.dtype.endsWith('32'))
          return load('v128.load32_splat', this.operand(inner.address), inner.offset);
        return splat(module, this.operand(inner), x.type);
      }
      case 'across':
        return across(this.target, x, this.operand(x.x));
      case 'move':
        return op('i32.add', this.operand(x.base), this.scaled(x.index, x.scale));
    }
  }

  /** The offset of each element from the address, in bytes. */
  private distances({ indices, dtype }: Scattered): Operand {
    const { bytes } = dtypeInfo[dtype];
    const { module } = this.target;
    const times = (x: Value): Operand => {
      if (bytes === 1) return this.operand(x);
      if (x.op === 'series') return this.operand({ ...x, first: x.first * bytes, step: x.step * bytes });
      const [a, b] = x.op === 'apply' ? x.args : [];
      if (x.op === 'apply' && x.f === 'add') return op('i32x4.add', times(a), times(b));
      if (x.op === 'apply' && x.f === 'mul' && b.op === 'const')
        return op('i32x4.mul', this.operand(a), numbers(module, b.value * bytes, 'i32'));
      return op('i32x4.shl', this.operand(x), Math.log2(bytes));
    };
    return times(indices);
  }

  private scaled(index: Value, scale: number): Operand {
    const value = this.operand(index);
    if (typeof value === 'number') return value * scale;
    if (scale === 1) return value;
    const shift = Math.log2(scale);
    return Number.isInteger(shift) ? op('i32.shl', value, shift) : op('i32.mul', value, scale);
  }
}
