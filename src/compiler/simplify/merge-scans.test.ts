import { expect, test } from 'vitest';
import { gradients } from '../../autodiff/gradients.ts';
import { referenceDevice } from '../../devices/reference/device.ts';
import { makeProgram, type Program, verifyProgram } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/index.ts';
import { inlineCalls } from './inline-calls.ts';
import { mergeScans } from './merge-scans.ts';

const device = referenceDevice();
const names = ({ equations }: Program): string[] =>
  equations.flatMap(({ rule, attrs }) => [rule.name, ...(rule.programs?.(attrs) ?? []).flatMap(names)]);
const count = (of: Program, name: string): number => names(of).filter((n) => n === name).length;

/** What the program gives, once it has been found well-formed. */
function values(program: Program) {
  verifyProgram(program);
  const inputs = program.inputs.map((t) => {
    const n = t.shape.reduce((a, b) => a * b, 1);
    return device.upload(
      Float32Array.from({ length: n }, (_, i) => Math.sin(i + n)),
      'float32',
    );
  });
  const buffers = device.compile(program).run(inputs);
  return buffers.map((buffer, k) => device.download(buffer, program.outputs[k]!));
}

const [x, w] = [new Tensor({ shape: [5, 3], dtype: 'float32' }), new Tensor({ shape: [3], dtype: 'float32' })];

test('the forward scan that a gradient records and the first one are made one', () => {
  const step = (c: Tensor, slice: Tensor): Tensor =>
    p.callWithGradient(
      ([y]) => [p.tanh(y!)],
      [p.add(p.mul(c, w), slice)],
      ([g]) => [g!],
    )[0]!;
  const { carries } = p.scan(([c], [slice]) => ({ carries: [step(c!, slice!)], results: [] }), [w], [x]);
  const [g] = gradients(carries, [w], [w]);
  const program = makeProgram('test', [x, w], [carries[0]!, g!]);
  const merged = mergeScans(inlineCalls(program));
  expect([program, merged].map((of) => count(of, 'scan'))).toEqual([3, 2]);
  expect([program, merged].map((of) => count(of, 'call'))).toEqual([2, 1]);
  expect(values(merged)).toEqual(values(program));
});

test('a result that nobody reads is not kept', () => {
  const { carries, results } = p.scan(
    ([c], [slice]) => {
      const next = p.add(c!, slice!);
      return { carries: [next], results: [p.sin(next), p.cos(next)] };
    },
    [w],
    [x],
  );
  const program = makeProgram('test', [x, w], [carries[0]!, results[1]!]);
  const merged = mergeScans(program);
  expect(merged.equations.map(({ outputs }) => outputs.length)).toEqual([2]);
  expect([count(merged, 'sin'), count(merged, 'cos')]).toEqual([0, 1]);
  expect(values(merged)).toEqual(values(program));
});

test('loops stay apart that run the other way or begin elsewhere', () => {
  const f = ([c]: readonly Tensor[], [slice]: readonly Tensor[]) => ({ carries: [p.mul(c!, slice!)], results: [] });
  const other = p.neg(w);
  const outputs = [p.scan(f, [w], [x]), p.scan(f, [w], [x], { reverse: true }), p.scan(f, [other], [x])];
  const program = makeProgram(
    'test',
    [x, w],
    outputs.map(({ carries }) => carries[0]!),
  );
  expect(count(mergeScans(program), 'scan')).toBe(3);
});
