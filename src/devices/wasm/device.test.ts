import { describe, expect, it } from 'vitest';
import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import { bind, type Rule, type SampleInput } from '../../ir/primitive.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import * as primitives from '../../primitives/index.ts';
import type { Device } from '../device.ts';
import { referenceDevice } from '../reference/device.ts';
import { wasmDevice } from './device.ts';

const reference = referenceDevice();
const devices: [string, Device][] = [
  ['one thread', wasmDevice(1)],
  ['two threads', wasmDevice(2)],
];

let seed = 1;
const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
function valuesFor({ shape, dtype = 'float32', low = -1, high = 1, values }: SampleInput): TypedArray {
  const { array, kind } = dtypeInfo[dtype];
  const draw = (): number => low + random() * (high - low);
  return new array(sizeOf(shape)).map((_, i) => values?.[i] ?? (kind === 'float' ? draw() : Math.floor(draw())));
}

function run(device: Device, program: Program, data: readonly TypedArray[]): TypedArray[] {
  const inputs = data.map((x, i) => device.upload(x, program.inputs[i]!.dtype));
  const outputs = device.compile(program).run(inputs);
  const results = outputs.map((b, k) => device.download(b, program.outputs[k]!) as TypedArray);
  for (const buffer of new Set([...inputs, ...outputs])) device.free(buffer);
  return results;
}

function expectEqual(program: Program, data: readonly TypedArray[], tolerance = 1e-5): void {
  const right = run(reference, program, data);
  for (const [name, device] of devices) {
    const left = run(device, program, data);
    right.forEach((values, k) => {
      const exact = dtypeInfo[program.outputs[k]!.dtype].kind !== 'float';
      values.forEach((value, i) => {
        const got = left[k]![i]!;
        const same =
          exact || !Number.isFinite(value)
            ? Object.is(got + 0, value + 0)
            : Math.abs(got - value) <= tolerance * (1 + Math.abs(value));
        if (!same) expect.fail(`${program.name} on ${name}: output ${k}[${i}] is ${got}, not ${value}`);
      });
    });
    expect(device.bytesInUse).toBe(0);
  }
}

const rules = Object.values(primitives).flatMap((x) =>
  typeof x === 'function' && 'rule' in x ? [x.rule as Rule] : [],
);

describe('the wasm device', () => {
  for (const rule of rules)
    it(`computes ${rule.name} as the reference does`, () => {
      for (const { inputs, attrs } of rule.samples) {
        const tensors = inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
        const outputs = [bind(rule, tensors, attrs)].flat() as Tensor[];
        expectEqual(makeProgram(rule.name, tensors, outputs), inputs.map(valuesFor));
      }
    });
});
