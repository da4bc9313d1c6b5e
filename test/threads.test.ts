import { describe, expect, test } from 'vitest';
import { DetectionLoss } from '../examples/digit-detector/loss.ts';
import { makeDetector } from '../examples/digit-detector/model.ts';
import { dtypeInfo, type TypedArray } from '../src/base/dtype.ts';
import { sizeOf } from '../src/base/shape.ts';
import type { Device, Executable } from '../src/devices/device.ts';
import { referenceDevice } from '../src/devices/reference/device.ts';
import { wasmDevice } from '../src/devices/wasm/device.ts';
import * as keras from '../src/index.ts';
import { bind, type Rule, type SampleInput } from '../src/ir/primitive.ts';
import { makeProgram, type Program } from '../src/ir/program.ts';
import { Tensor } from '../src/ir/tensor.ts';
import * as primitives from '../src/primitives/index.ts';
import { problemsOf } from './random-models/compare.ts';
import { evenNumbers } from './random-models/data.ts';
import type { Subject } from './random-models/train.ts';
import { measured } from './threads-models.ts';

const reference = referenceDevice();
/** All numbers of threads, sharing whatever there is to do, so that small arrays are shared too. */
const devices = [1, 2, 3, 4, 7].map((threads) => ({
  device: wasmDevice(threads, 0),
  reference,
  called: `wasm with ${threads} threads`,
}));

const rules = Object.values(primitives).flatMap((x) =>
  typeof x === 'function' && 'rule' in x ? [x.rule as Rule] : [],
);
function valuesFor({ shape, dtype = 'float32', low = -1, high = 1, values }: SampleInput, seed: number): TypedArray {
  const next = evenNumbers(seed);
  const { array, kind } = dtypeInfo[dtype];
  const draw = (): number => low + next() * (high - low);
  return new array(sizeOf(shape)).map((_, i) => values?.[i] ?? (kind === 'float' ? draw() : Math.floor(draw())));
}
function run(device: Device, executable: Executable, program: Program, data: readonly TypedArray[]): TypedArray[] {
  const inputs = data.map((x, i) => device.upload(x, program.inputs[i]!.dtype));
  const outputs = executable.run(inputs);
  const results = outputs.map((b, k) => device.download(b, program.outputs[k]!) as TypedArray);
  for (const buffer of new Set([...inputs, ...outputs])) device.free(buffer);
  return results;
}
const isNear = (a: number, b: number): boolean =>
  Object.is(a + 0, b + 0) || Math.abs(a - b) <= 1e-5 * (1 + Math.abs(b));

test.each(rules.map((rule) => [rule.name, rule] as const))('threads compute %s as the reference does', (_, rule) => {
  rule.samples.forEach(({ inputs, attrs }, sample) => {
    const tensors = inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
    const outputs = [bind(rule, tensors, attrs)].flat() as Tensor[];
    const program = makeProgram(rule.name, tensors, outputs);
    const data = inputs.map((input, k) => valuesFor(input, 7 * sample + k));
    const expected = run(reference, reference.compile(program), program, data);
    for (const { device, called } of devices) {
      const executable = device.compile(program);
      const found = run(device, executable, program, data);
      for (const [k, y] of expected.entries()) {
        const wrong = y.findIndex((v, i) => !isNear(found[k]![i]!, v));
        if (wrong >= 0)
          expect.fail(`sample ${sample}, output ${k}[${wrong}] is ${found[k]![wrong]} on ${called}, not ${y[wrong]}`);
      }
      for (let n = 1; n < 20; n++)
        expect(run(device, executable, program, data), `sample ${sample} in run ${n} on ${called}`).toEqual(found);
    }
  });
});

describe('threads train', () => {
  const detector: Subject = {
    seed: 1,
    build: () => {
      keras.utils.setRandomSeed(1);
      return makeDetector(16);
    },
    compile: (model) =>
      model.compile({
        optimizer: new keras.optimizers.Adam({ learningRate: 4e-3, epsilon: 1e-3 }) as keras.optimizers.Optimizer,
        loss: new DetectionLoss({ size: 16 }),
      }),
    batch(_, step) {
      const next = evenNumbers(step + 1);
      const images = Float32Array.from({ length: 2 * 16 * 16 }, next);
      // Two digits an image: x1, y1, x2, y2 and which.
      const labels = Float32Array.from([1, 1, 9, 12, 3, 4, 3, 15, 15, 7, 2, 0, 13, 14, 0, 5, 6, 12, 14, 9]);
      return {
        x: [{ data: images, shape: [2, 16, 16, 1] }],
        y: [{ data: labels, shape: [2, 2, 5] }],
      };
    },
  };
  const subjects = { ...measured, 'the digit detector': detector };
  test.each(Object.entries(subjects))(
    '%s as the reference does, to the same bits in every run',
    async (_, subject) => {
      expect(
        await problemsOf(
          subject,
          devices.map((trial) => ({ ...trial, repeats: 5 })),
        ),
      ).toEqual([]);
    },
    300_000,
  );
});
