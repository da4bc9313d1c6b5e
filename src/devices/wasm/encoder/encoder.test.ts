import { describe, expect, it } from 'vitest';
import { relaxed as probeRelaxed } from '../features.ts';
import {
  atomic,
  type FunctionBuilder,
  lane,
  load,
  ModuleBuilder,
  memoryLane,
  op,
  select,
  shuffle32,
  store,
  type ValueType,
  vector,
} from './index.ts';
import { alignment, type Instruction, instructionNames, operandType } from './instructions.ts';

const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });

function compile(build: (module: ModuleBuilder) => void): Record<string, (...args: any[]) => any> {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { initial: 1, maximum: 4, shared: true });
  build(module);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), { env: { memory } });
  return instance.exports as Record<string, (...args: any[]) => any>;
}

function single(params: ValueType[], results: ValueType[], body: (f: FunctionBuilder) => void) {
  return compile((module) => {
    const f = module.func('f', params, results);
    body(f);
    module.export('f', f);
  })['f']!;
}

describe('the WebAssembly assembler', () => {
  it('sums an array with a loop', () => {
    const sum = single(['i32', 'i32'], ['f32'], (f) => {
      const [address, count] = f.params as [never, never];
      const i = f.local('i32');
      const total = f.let('f32', 0);
      f.for(i, 0, count, 1, () => {
        f.set(total, op('f32.add', total, load('f32.load', op('i32.add', address, op('i32.shl', i, 2)))));
      });
      f.push(total);
    });
    new Float32Array(memory.buffer, 64, 5).set([1, 2, 3, 4, 5]);
    expect(sum(64, 5)).toBe(15);
    expect(sum(64, 0)).toBe(0);
  });

  it('writes constants of every size', () => {
    for (const value of [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, 2 ** 31 - 1, -(2 ** 31)])
      expect(single([], ['i32'], (f) => f.push(value))()).toBe(value);
    for (const value of [0n, -1n, 1n << 40n, -(1n << 62n), (1n << 63n) - 1n])
      expect(single([], ['i64'], (f) => f.push(value, 'i64'))()).toBe(value);
    expect(single([], ['f64'], (f) => f.push(Math.PI, 'f64'))()).toBe(Math.PI);
    expect(single([], ['f32'], (f) => f.push(-Infinity, 'f32'))()).toBe(-Infinity);
  });

  it('does vector arithmetic, shuffles and lane accesses', () => {
    const run = single(['i32'], [], (f) => {
      const at = f.params[0]!;
      const x = f.let('v128', load('v128.load', at));
      const doubled = op('f32x4.mul', x, 2);
      f.store('v128.store', at, op('f32x4.add', doubled, shuffle32(x, x, [3, 2, 1, 0])), 16);
      f.store('f32.store', at, lane('f32x4.extract_lane', 2, x), 32);
      f.memoryLane('v128.store32_lane', 3, at, x, 36);
      f.store('v128.store', at, memoryLane('v128.load32_lane', 1, at, vector('f32x4', [7, 8, 9, 10]), 8), 48);
      f.store('v128.store', at, op('v128.bitselect', x, vector('f32x4', 2.5), op('f32x4.gt', x, 2.5)), 64);
    });
    new Float32Array(memory.buffer, 128, 4).set([1, 2, 3, 4]);
    run(128);
    const written = (from: number, count: number) => [...new Float32Array(memory.buffer, 128 + from, count)];
    expect(written(16, 4)).toEqual([6, 7, 8, 9]);
    expect(written(32, 2)).toEqual([3, 4]);
    expect(written(48, 4)).toEqual([7, 3, 9, 10]);
    expect(written(64, 4)).toEqual([2.5, 2.5, 3, 4]);
  });

  it('branches, selects, calls and reuses scoped locals', () => {
    const { clamp, collatz } = compile((module) => {
      const f = module.func('clamp', ['i32'], ['i32']);
      const x = f.params[0]!;
      f.push(select(10, select(x, 0, op('i32.gt_s', x, 0)), op('i32.gt_s', x, 10)));
      module.export('clamp', f);
      const odd = module.func('odd', ['i32'], ['i32']);
      odd.op('i32.and', odd.params[0]!, 1);
      const g = module.func('collatz', ['i32'], ['i32']);
      const n = g.params[0]!;
      const steps = g.let('i32', 0);
      g.block((end) => {
        g.loop((again) => {
          g.brIf(end, op('i32.le_s', n, 1));
          g.increment(steps, 1);
          g.scope(() => {
            const isOdd = g.local('i32');
            g.call(odd, n);
            g.set(isOdd);
            g.if(
              isOdd,
              () => g.set(n, op('i32.add', op('i32.mul', n, 3), 1)),
              () => g.set(n, op('i32.shr_u', n, 1)),
            );
          });
          g.br(again);
        });
      });
      g.push(steps);
      module.export('collatz', g);
    });
    expect([-5, 5, 50].map((x) => clamp!(x))).toEqual([0, 5, 10]);
    expect(collatz!(27)).toBe(111);
  });

  it('does atomics, fences and bulk memory', () => {
    const run = single(['i32'], ['i32'], (f) => {
      const at = f.params[0]!;
      // First, because the baseline compiler of V8 11.3 forgets what it holds in registers when a wait returns.
      f.push(atomic('memory.atomic.wait32', at, [-1, -1]));
      f.memoryFill(at, 0, 64);
      f.push(store('i32.atomic.store', at, 5));
      f.push(atomic('i32.atomic.rmw.add', at, [3]));
      f.op('i32.add');
      f.push(atomic('i32.atomic.rmw.cmpxchg', at, [8, 100]));
      f.op('i32.add');
      f.fence();
      f.memoryCopy(op('i32.add', at, 32), at, 4);
      f.push(load('i32.atomic.load', at, 32));
      f.op('i32.add');
      f.push(atomic('memory.atomic.notify', at, [1]));
      f.op('i32.add');
    });
    expect(run(256)).toBe(1 + 5 + 8 + 100 + 0);
  });

  it('keeps globals, vector constants, data and imports apart', () => {
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', { initial: 1, maximum: 4, shared: true });
    const host = module.importFunction('env', 'host', { params: ['f64'], results: ['f64'] });
    const counter = module.global('i32', 40);
    const halves = module.vector('f32x4', 0.5);
    expect(module.vector('f32x4', [0.5, 0.5, 0.5, 0.5])).toBe(halves);
    const passive = module.data(new Uint8Array([9, 8, 7]));
    module.data(new Uint8Array([1, 2]), 1024);
    const f = module.func('f', [], ['f64']);
    f.setGlobal(counter, op('i32.add', counter, 2));
    f.memoryInit(passive, 1026, 1, 2);
    f.call(
      host,
      op('f64.add', op('f64.convert_i32_s', counter), op('f64.promote_f32', lane('f32x4.extract_lane', 1, halves))),
    );
    module.export('f', f);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(module.build()), {
      env: { memory, host: (x: number) => x * 2 },
    });
    expect((instance.exports['f'] as () => number)()).toBe(85);
    expect([...new Uint8Array(memory.buffer, 1024, 4)]).toEqual([1, 2, 8, 7]);
  });

  it('refuses a second export of one name and a late import', () => {
    const module = new ModuleBuilder();
    const f = module.func('f', []);
    module.export('f', f);
    expect(() => module.export('f', f)).toThrow('two exports named "f"');
    expect(() => module.importFunction('env', 'g', { params: [], results: [] })).toThrow('comes after a function');
  });

  it('knows the opcode and operand types of every instruction it names', () => {
    const results: ValueType[] = ['i32', 'i64', 'f32', 'f64', 'v128'];
    for (const name of instructionNames()) {
      if (/relaxed/.test(name) && !probeRelaxed()) continue;
      const valid = [0, 1, 2, 3].some((arity) =>
        [undefined, ...results].some((result) => accepts(name, arity, result)),
      );
      expect(valid, name).toBe(true);
    }
  });
});

/** Whether the engine takes the instruction with this many operands and this result. */
function accepts(name: Instruction, arity: number, result: ValueType | undefined): boolean {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { initial: 1, maximum: 4, shared: true });
  const f = module.func('f', [], result ? [result] : []);
  const operands = Array.from({ length: arity }, (_, i) => f.local(operandType(name, i)));
  const memoryAccess = /load|store|atomic/.test(name);
  if (/(load|store)\d+_lane/.test(name)) {
    if (arity !== 2) return false;
    f.memoryLane(name as 'v128.load8_lane', 0, operands[0]!, operands[1]!);
  } else if (memoryAccess) {
    if (arity === 0) return false;
    if (!name.includes('atomic')) expect(alignment(name)).toBe(0);
    f.atomic(name as 'i32.atomic.rmw.add', operands[0]!, operands.slice(1));
  } else if (/lane/.test(name) && !/relaxed/.test(name)) f.lane(name as 'f32x4.extract_lane', 0, ...operands);
  else f.op(name as 'i32.add', ...operands);
  return WebAssembly.validate(module.build());
}
