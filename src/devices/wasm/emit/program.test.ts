import { afterAll, describe, expect, it } from 'vitest';
import { Algebra } from '../../../algebra/algebra.ts';
import { dtypeInfo, type TypedArray } from '../../../base/dtype.ts';
import { sizeOf } from '../../../base/shape.ts';
import type { Home, Plan, Step } from '../../../compiler/plan.ts';
import { deal } from '../../../compiler/schedule/deal.ts';
import { axis, type Expr, flatten, indexOf, load as loadOf, type Region } from '../../../ir/expr.ts';
import { loops, type Stmt, store, when } from '../../../ir/loops.ts';
import { bind, operand, type Rule, type Sample } from '../../../ir/primitive.ts';
import { makeProgram, type Program } from '../../../ir/program.ts';
import { type Aval, Tensor } from '../../../ir/tensor.ts';
import * as elementwise from '../../../primitives/elementwise.ts';
import * as generators from '../../../primitives/generators.ts';
import * as movement from '../../../primitives/movement.ts';
import * as reduce from '../../../primitives/reduce.ts';
import type { HeapBuffer } from '../../host/buffers.ts';
import { referenceDevice } from '../../reference/device.ts';
import { load } from '../executable.ts';
import { Machine } from '../machine.ts';
import { emitProgram } from './program.ts';

const machine = new Machine(2);
const reference = referenceDevice();
afterAll(() => machine.pool.close());

/** A plan without any art: a kernel an equation, and a place of its own for every tensor. */
function naivePlan(program: Program, parallel: boolean): Plan {
  const regions = new Map<Tensor, Region>();
  const homes = new Map<Region, Home>();
  let arenaBytes = 0;
  const regionOf = (t: Tensor): Region => {
    let region = regions.get(t);
    if (!region) {
      regions.set(t, (region = { name: 'r', shape: t.shape, dtype: t.dtype }));
      const [input, output] = [program.inputs.indexOf(t), program.outputs.indexOf(t)];
      if (input >= 0) homes.set(region, { kind: 'input', index: input });
      else if (output >= 0) homes.set(region, { kind: 'output', index: output });
      else homes.set(region, scratch(t));
    }
    return region;
  };
  const scratch = (aval: Aval): Home => {
    const offset = arenaBytes;
    arenaBytes += Math.ceil((sizeOf(aval.shape) * dtypeInfo[aval.dtype].bytes) / 64) * 64 + 64;
    return { kind: 'arena', offset };
  };
  const steps = program.equations.map(({ rule, inputs, outputs, attrs }): Step => {
    const [reads, writes] = [inputs.map(regionOf), outputs.map(regionOf)];
    let body: readonly Stmt[];
    if (rule.at) {
      const axes = writes[0]!.shape.map((size, d) => axis(size, `i${d}`));
      const value = rule.at(reads.map(operand), axes.map(indexOf), attrs, writes[0]!);
      const index = [flatten(axes.map(indexOf), writes[0]!.shape)];
      body = [store(writes[0]!, index, value)];
      [...axes].reverse().forEach((a, d) => {
        body = loops([a], body, d === 0 ? 'vector' : parallel ? 'parallel' : 'serial');
      });
    } else
      body = rule.loops!(reads, writes, attrs, (aval, name) => {
        const region: Region = { name, ...aval };
        homes.set(region, scratch(aval));
        return region;
      });
    const info = { name: rule.name, fused: [rule.name], bytes: 0, flops: 0, scopes: [] };
    const isDealt = rule.at && body[0]!.op === 'for' && body[0]!.mode === 'parallel';
    return {
      kind: 'loops',
      info,
      reads,
      writes,
      body: withFlatPositions(isDealt ? deal(body, { workers: 2 }) : body),
      barrier: true,
      serial: !isDealt,
    };
  });
  return {
    name: program.name,
    algebra: new Algebra(),
    inputs: program.inputs.map(regionOf),
    outputs: program.outputs.map(regionOf),
    donated: program.donated,
    homes,
    dealing: 'shares',
    scratch: [arenaBytes],
    steps,
  };
}

/** Regions of a plan are flat. */
function withFlatPositions(body: readonly Stmt[]): readonly Stmt[] {
  const known = new Map<Expr, Expr>();
  const flat = (e: Expr): Expr => {
    const result = known.get(e) ?? withFlatLoads(e);
    known.set(e, result);
    return result;
  };
  const withFlatLoads = (e: Expr): Expr => {
    if (e.op === 'load') return loadOf(e.from, [position(e.index, e.from)]);
    if (e.op === 'apply') return { ...e, args: e.args.map(flat) };
    return e.op === 'reduce' ? { ...e, body: flat(e.body) } : e;
  };
  const position = (index: readonly Expr[], { shape }: Region): Expr =>
    index.length === 1 ? flat(index[0]!) : flatten(index.map(flat), shape);
  const stores = (list: readonly Stmt[]): readonly Stmt[] =>
    list.map((s): Stmt => {
      if (s.op === 'store') return { ...s, index: [position(s.index, s.to)], value: flat(s.value) };
      if (s.op === 'if') return when(flat(s.condition), stores(s.then), stores(s.otherwise));
      if (s.op === 'for') return { ...s, body: stores(s.body) };
      if (s.op === 'while') return { ...s, condition: flat(s.condition), body: stores(s.body) };
      return { ...s, value: flat(s.value) };
    });
  return stores(body);
}

let seed = 1;
const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
function valuesFor({
  shape,
  dtype = 'float32',
  low = -1,
  high = 1,
  values,
}: Sample<unknown>['inputs'][number]): TypedArray {
  const drawn = () =>
    dtype.startsWith('float') || dtype === 'bfloat16'
      ? low + random() * (high - low)
      : Math.floor(low + random() * (high - low));
  return dtypeInfo[dtype].array === Uint16Array && dtype !== 'uint16'
    ? new Uint16Array(sizeOf(shape)).map(() => 0x3c00 + Math.floor(random() * 512))
    : Object.assign(new dtypeInfo[dtype].array(sizeOf(shape))).map((_: number, i: number) => values?.[i] ?? drawn());
}

function check(rule: Rule, { inputs, attrs }: Sample<unknown>, parallel: boolean): void {
  const tensors = inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
  const outputs = [bind(rule, tensors, attrs)].flat() as Tensor[];
  const program = makeProgram(rule.name, tensors, outputs);
  const data = inputs.map(valuesFor);
  const expected = reference.compile(program).run(data.map((x, i) => reference.upload(x, tensors[i]!.dtype)));
  const plan = naivePlan(program, parallel);
  const emitted = emitProgram(plan, machine.heap.limits, machine.pool.threadCount);
  const { executable } = load(program, emitted, machine);
  const given = data.map((x) => {
    const buffer = machine.allocate(x.byteLength);
    machine.heap.bytes(buffer.address, x.byteLength).set(new Uint8Array(x.buffer, x.byteOffset, x.byteLength));
    return buffer;
  });
  const results = executable.run(given);
  outputs.forEach((y, k) => {
    const right = reference.download(expected[k]!, y) as TypedArray;
    const view = new dtypeInfo[y.dtype].array(
      machine.heap.memory.buffer,
      (results[k] as HeapBuffer).address,
      right.length,
    );
    const exact = dtypeInfo[y.dtype].kind !== 'float';
    right.forEach((value, i) => {
      if (Number.isNaN(value)) expect(view[i]).toBeNaN();
      else if (exact || !Number.isFinite(value)) expect(view[i], `${rule.name} [${i}]`).toBe(value);
      else
        expect(Math.abs(view[i]! - value), `${rule.name} [${i}]: ${view[i]} for ${value}`).toBeLessThanOrEqual(
          2e-6 * (1 + Math.abs(value)),
        );
    });
  });
  for (const buffer of [...given, ...results]) machine.free(buffer);
}

const rules = Object.values({ ...elementwise, ...generators, ...movement, ...reduce }).flatMap((x) =>
  typeof x === 'function' && 'rule' in x ? [x.rule as Rule] : [],
);

describe('programs without art', () => {
  for (const rule of rules)
    it(`${rule.name} computes what the reference does, on one thread and on two`, () => {
      for (const sample of rule.samples) for (const parallel of [false, true]) check(rule, sample, parallel);
    });
});
