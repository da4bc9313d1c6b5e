import { describe, expect, it } from 'vitest';
import { dtypeInfo, isFloat, type TypedArray } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import { bind, type Rule, type SampleInput } from '../../ir/primitive.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as primitives from '../../primitives/index.ts';
import { referenceDevice } from '../reference/device.ts';
import { testDevice } from './testing.ts';

const reference = referenceDevice();
const device = await testDevice();

let seed = 1;
const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
function valuesFor({ shape, dtype = 'float32', low = -1, high = 1, values }: SampleInput): TypedArray {
  const { array, kind } = dtypeInfo[dtype];
  const draw = (): number => low + random() * (high - low);
  return new array(sizeOf(shape)).map((_, i) => values?.[i] ?? (kind === 'float' ? draw() : Math.floor(draw())));
}

async function expectEqual(program: Program, data: readonly TypedArray[], tolerance = 2e-5): Promise<void> {
  const right = reference
    .compile(program)
    .run(data.map((x, i) => reference.upload(x, program.inputs[i]!.dtype)))
    .map((b, k) => reference.download(b, program.outputs[k]!) as TypedArray);
  const inputs = data.map((x, i) => device!.upload(x, program.inputs[i]!.dtype));
  const outputs = device!.compile(program).run(inputs);
  const left = await Promise.all(outputs.map((b, k) => device!.download(b, program.outputs[k]!)));
  right.forEach((values, k) => {
    const exact = !isFloat(program.outputs[k]!.dtype);
    values.forEach((value, i) => {
      const got = left[k]![i]!;
      const same =
        exact || !Number.isFinite(value)
          ? Object.is(got + 0, value + 0)
          : Math.abs(got - value) <= tolerance * (1 + Math.abs(value));
      if (!same) expect.fail(`${program.name}: output ${k}[${i}] is ${got}, not ${value}`);
    });
  });
  for (const buffer of new Set([...inputs, ...outputs])) device!.free(buffer);
}

const rules = Object.values(primitives).flatMap((x) =>
  typeof x === 'function' && 'rule' in x ? [x.rule as Rule] : [],
);

describe.runIf(device)('the webgpu device', () => {
  for (const rule of rules)
    it(`computes ${rule.name} as the reference does`, async () => {
      const held = device!.bytesInUse;
      for (const { inputs, attrs } of rule.samples) {
        const tensors = inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
        const outputs = [bind(rule, tensors, attrs)].flat() as Tensor[];
        if ([...tensors, ...outputs].some((t) => t.dtype === 'float64')) continue;
        await expectEqual(makeProgram(rule.name, tensors, outputs), inputs.map(valuesFor));
      }
      expect(device!.bytesInUse).toBe(held);
    });

  it('says that it was lost, and takes nothing more', async () => {
    const lost = (await testDevice())!;
    const buffer = lost.upload(Float32Array.of(1, 2), 'float32');
    lost.close();
    await expect(lost.download(buffer, { shape: [2], dtype: 'float32' })).rejects.toThrow(/the GPU was lost/);
    expect(lost.isLost).toBe(true);
    expect(() => lost.upload(Float32Array.of(1), 'float32')).toThrow(/config\.setDevice\('webgpu'\) again/);
  });

  it('runs what needs numbers on the way in the order of calls', async () => {
    const scalar = (value: number) => primitives.full({ shape: [], dtype: 'int32', value });
    const start = new Tensor({ shape: [], dtype: 'int32' });
    const [end] = primitives.whileLoop(
      ([x]) => primitives.lt(x!, scalar(50)),
      ([x]) => [primitives.mul(x!, scalar(3))],
      [start],
    );
    const looping = device!.compile(makeProgram('loop', [start], [end!]));
    const y = new Tensor({ shape: [], dtype: 'int32' });
    const adding = device!.compile(makeProgram('add', [y], [primitives.add(y, y)]));
    const held = device!.bytesInUse;
    let buffer = device!.upload(Int32Array.of(1), 'int32');
    for (const program of [looping, adding, looping, adding]) {
      const [next] = program.run([buffer]);
      // Given back while work that reads it is still to come.
      device!.free(buffer);
      buffer = next!;
    }
    expect(Array.from(await device!.download(buffer, y))).toEqual([324]);
    device!.free(buffer);
    expect(device!.bytesInUse).toBe(held);
  });
});
