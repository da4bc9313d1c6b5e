import { expect, test } from 'vitest';
import { dtypeInfo, isFloat } from '../../src/base/dtype.ts';
import { sizeOf } from '../../src/base/shape.ts';
import { bind, type Rule, type SampleInput } from '../../src/ir/primitive.ts';
import { makeProgram } from '../../src/ir/program.ts';
import { Tensor } from '../../src/ir/tensor.ts';
import * as primitives from '../../src/primitives/index.ts';
import { compiled, run } from '../../src/runtime/execute.ts';
import { upload } from '../../src/runtime/storage.ts';
import { functionToOnnx } from '../../src/saving/onnx/export-model.ts';
import { runOnnx } from './session.ts';

const rules = [
  ...new Map(
    Object.values(primitives).flatMap((p) =>
      typeof p === 'function' && 'rule' in p ? [[p.rule.name, p.rule as Rule]] : [],
    ),
  ).values(),
];
/** Numbers in [0, 1) that are the same in every run. */
function numbers(): () => number {
  let state = 12345;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
}
function concrete({ shape, dtype = 'float32', low = -1, high = 1, values }: SampleInput, random: () => number): Tensor {
  const data = new dtypeInfo[dtype].array(sizeOf(shape));
  data.set(
    values ??
      Array.from(data, () => {
        const x = low + (high - low) * random();
        return isFloat(dtype) ? x : Math.floor(x);
      }),
  );
  return upload(data, { shape, dtype });
}
const who = { className: 'Program', name: 'sample' };
/** What ONNX has no operators for: random numbers, bits of floats, factorizations, gradients of pooling, rare functions. */
const without = new Set(
  [
    ['randomBits', 'splitKey', 'bitcast', 'nextAfter', 'fft', 'erfinv', 'lgamma', 'digamma'],
    ['cholesky', 'eig', 'eigh', 'lu', 'qr', 'svd', 'triangularSolve'],
    ['firstInWindow', 'windowScatter', 'windowGather'],
  ].flat(),
);
/** ONNX leaves open where NaN stands, and which zero is the smaller. */
const isOrdinary = ({ inputs }: { readonly inputs: readonly SampleInput[] }): boolean =>
  !inputs.some(({ values }) => values?.some((x) => Number.isNaN(x) || Object.is(x, -0)));

test('primitives without operators are refused by their names', async () => {
  for (const rule of rules.filter(({ name }) => without.has(name))) {
    const [{ inputs, attrs }] = rule.samples as [Rule['samples'][0]];
    const specs = inputs.map(({ shape, dtype = 'float32' }, k) => ({ name: `x${k}`, shape, dtype }));
    const f = (tensors: readonly Tensor[]) => [bind(rule, tensors, attrs)].flat();
    await expect(functionToOnnx(who, specs, 21, f, () => ['y0', 'y1', 'y2', 'y3'])).rejects.toThrow(
      `${rule.name}: ONNX has no operator for it`,
    );
  }
});

for (const rule of rules)
  if (rule.samples.length > 0 && !without.has(rule.name))
    test(`${rule.name} computes the same in ONNX Runtime`, async () => {
      for (const { inputs, attrs } of rule.samples.filter(isOrdinary)) {
        const random = numbers();
        const given = inputs.map((each) => concrete(each, random));
        const specs = given.map(({ shape, dtype }, k) => ({ name: `x${k}`, shape, dtype }));
        const f = (tensors: readonly Tensor[]): Tensor[] => [bind(rule, tensors, attrs)].flat() as Tensor[];
        const bytes = await functionToOnnx(who, specs, 21, f, (_, count) =>
          Array.from({ length: count }, (_, k) => `y${k}`),
        );
        const stand = given.map(({ shape, dtype }) => new Tensor({ shape, dtype }));
        const expected = run(compiled(makeProgram('sample', stand, f(stand))), given) as Tensor[];
        const answers = Object.values(await runOnnx(bytes, given));
        expect(answers.length).toBe(expected.length);
        for (const [k, { dims, data }] of answers.entries()) {
          expect(dims).toEqual(expected[k]!.shape);
          const wanted = Array.from((await expected[k]!.data()) as ArrayLike<number>);
          data.forEach((y, n) => {
            const x = wanted[n]!;
            if (!Object.is(x, y) && !(Math.abs(x - y) <= 2e-6 * (1 + Math.abs(x))))
              expect.fail(`element ${n} is ${y}, expected ${x}`);
          });
        }
      }
    });
