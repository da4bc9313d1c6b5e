import { expect, test } from 'vitest';
import { dtypeInfo, type TypedArray } from '../base/dtype.ts';
import { sizeOf } from '../base/shape.ts';
import { evaluator } from '../devices/reference/evaluate.ts';
import { testDevice } from '../devices/webgpu/testing.ts';
import { bind, type Rule } from '../ir/primitive.ts';
import { makeProgram, type Program } from '../ir/program.ts';
import { type Aval, Tensor } from '../ir/tensor.ts';
import { argSort, cumMax, cumMin, cumProd, cumSum, selectTop } from './index.ts';

const device = await testDevice();

interface Case {
  readonly rule: Rule;
  readonly aval: Aval;
  readonly attrs: object;
}
const float = (...shape: number[]): Aval => ({ shape, dtype: 'float32' });
const int = (...shape: number[]): Aval => ({ shape, dtype: 'int32' });
const orders = [float(1), float(16), float(17), float(3, 100), float(100, 3), int(1000), float(2, 129, 2)].flatMap(
  (aval) =>
    [false, true].map((descending) => ({
      rule: argSort.rule,
      aval,
      attrs: { axis: aval.shape.length === 1 ? 0 : aval.shape.indexOf(Math.max(...aval.shape)), descending },
    })),
);
const totals = [cumSum, cumProd, cumMax, cumMin].flatMap(({ rule }) =>
  [float(5), float(65), float(3, 2100), float(2100, 2), int(200, 2)].flatMap((aval) =>
    [false, true].map((reverse) => ({
      rule,
      aval,
      attrs: { axis: aval.shape.indexOf(Math.max(...aval.shape)), reverse },
    })),
  ),
);
const best = [float(64), float(65), float(2, 1000), int(3000), float(4200)].flatMap((aval) =>
  [1, 3, 20].map((k) => ({ rule: selectTop.rule, aval, attrs: { k } })),
);
const cases: readonly Case[] = [...orders, ...totals, ...best];

/** Few different numbers, so that many are equal, and some NaN; products stay of a size. */
function dataOf({ shape, dtype }: Aval): TypedArray {
  let seed = 7;
  const draw = (): number => (seed = (seed * 16807) % 2147483647) % 41;
  const x = new dtypeInfo[dtype].array(sizeOf(shape));
  return x.map(() => {
    const value = draw();
    if (dtype === 'int32') return value - 20;
    return value === 0 ? Number.NaN : value === 1 ? -0 : 1 + (value - 20) / 4000;
  });
}
function programs({ rule, aval, attrs }: Case): { plain: Program; wide: Program } {
  const make = (given: Rule): Program => {
    const x = new Tensor(aval);
    return makeProgram(rule.name, [x], [bind(given, [x], attrs)].flat() as Tensor[]);
  };
  return { plain: make(rule), wide: make({ ...rule, loops: rule.wideLoops! }) };
}
function expectSame(found: TypedArray, expected: TypedArray): void {
  expect(found.length).toBe(expected.length);
  const wrong = found.findIndex(
    (v, k) => !(Object.is(v, expected[k]) || Math.abs(v - expected[k]!) <= 1e-4 * Math.abs(expected[k]!)),
  );
  if (wrong >= 0) expect.fail(`element ${wrong} is ${found[wrong]}, not ${expected[wrong]}`);
}
const named = cases.map(
  (c) => [c.rule.name, JSON.stringify(c.aval.shape), c.aval.dtype, JSON.stringify(c.attrs), c] as const,
);

test.each(named)('%s of %s %s with %s is the same when threads share its lines', (_, _shape, _dtype, _attrs, c) => {
  const { plain, wide } = programs(c);
  const data = dataOf(c.aval);
  expectSame(evaluator(wide)([data.slice()])[0]!, evaluator(plain)([data.slice()])[0]!);
});

test.runIf(device)('threads of a GPU share lines', async () => {
  for (const c of cases) {
    const { plain } = programs(c);
    const data = dataOf(c.aval);
    // Driver and reference differ in NaN's bits and -0 only, which is no order.
    const buffer = device!.upload(data, c.aval.dtype);
    const [out] = device!.compile(plain).run([buffer]);
    const found = await device!.download(out!, plain.outputs[0]!);
    expectSame(found, evaluator(plain)([data.slice()])[0]!);
    device!.free(buffer);
    device!.free(out!);
  }
});
