import { describe, expect, it } from 'vitest';
import { type DType, dtypeInfo, type TypedArray } from '../src/base/dtype.ts';
import { sizeOf } from '../src/base/shape.ts';
import type { Device } from '../src/devices/device.ts';
import { referenceDevice } from '../src/devices/reference/device.ts';
import { bind, type Rule, type SampleInput } from '../src/ir/primitive.ts';
import { makeProgram, type Program } from '../src/ir/program.ts';
import { Tensor } from '../src/ir/tensor.ts';
import * as primitives from '../src/primitives/index.ts';

const reference = referenceDevice();

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

/** A device by a name that tells it from others of its kind. */
export type Judged = readonly [name: string, device: Device];

/** Devices give what the reference gives, but for rounding. */
function compare(program: Program, data: readonly TypedArray[], devices: readonly Judged[], tolerance: number): void {
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

/** The same for a program whose inputs are drawn from a range. */
export function expectNear(
  program: Program,
  devices: readonly Judged[],
  tolerance = 1e-5,
  range: (input: number) => Partial<SampleInput> = () => ({}),
): void {
  const data = program.inputs.map(({ shape, dtype }, n) => valuesFor({ shape, dtype, ...range(n) }));
  compare(program, data, devices, tolerance);
}

const rules = Object.values(primitives).flatMap((x) =>
  typeof x === 'function' && 'rule' in x ? [x.rule as Rule] : [],
);

/** Every primitive's samples, and programs that have been hard for some device, on devices with one memory and threads. */
export function judgeDevices(title: string, devices: readonly Judged[]): void {
  describe.skipIf(devices.length === 0)(title, () => {
    const expectEqual = (program: Program, data: readonly TypedArray[], tolerance = 1e-5): void =>
      compare(program, data, devices, tolerance);

    for (const rule of rules)
      it(`computes ${rule.name} as the reference does`, () => {
        for (const { inputs, attrs } of rule.samples) {
          const tensors = inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
          const outputs = [bind(rule, tensors, attrs)].flat() as Tensor[];
          expectEqual(makeProgram(rule.name, tensors, outputs), inputs.map(valuesFor));
        }
      });

    const { abs, add, bitcast, broadcast, concatenate, conv, convert, dot, exp, full, max, mul, neg, reduceMax } =
      primitives;
    const { div, reduceMin, reduceSum, reverse, select, sub, transpose, gt } = primitives;
    const tensor = (shape: readonly number[], dtype: DType = 'float32') => new Tensor({ shape, dtype });
    const test = (
      name: string,
      inputs: readonly Tensor[],
      outputs: readonly Tensor[],
      range: Partial<SampleInput> = {},
    ) =>
      expectEqual(
        makeProgram(name, inputs, outputs),
        inputs.map(({ shape, dtype }) => valuesFor({ shape, dtype, ...range })),
      );
    const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 33, 70];

    it('computes whole vectors and what is left over', () => {
      for (const n of sizes) {
        const [x, y] = [tensor([n]), tensor([n])];
        test(`chain ${n}`, [x, y], [exp(sub(mul(x, y), abs(x))), gt(x, y), reverse(x, { axes: [0] })]);
        test(`sums ${n}`, [x, y], [reduceSum(mul(x, y), { axes: [0] }), reduceMax(x, { axes: [0] })]);
      }
    });

    it('makes float64 of products in float32', () => {
      for (const n of sizes) {
        const [a, b, w] = [tensor([9, n]), tensor([n, n]), tensor([3, n, 5])];
        const [product, lines] = [
          dot(a, b, { batch: [[], []], contract: [[1], [0]] }),
          dot(w, b, { batch: [[], []], contract: [[1], [0]] }),
        ];
        const double = (x: Tensor): Tensor => convert(x, { dtype: 'float64' });
        const there = double(product);
        test(`double ${n}`, [a, b, w], [there, convert(mul(there, there), { dtype: 'float32' }), double(lines)]);
      }
    });

    it('reduces rows and columns', () => {
      for (const n of sizes) {
        const x = tensor([n, 11]);
        const mean = reduceSum(x, { axes: [1] });
        const centred = sub(x, broadcast(mean, { shape: [n, 11], axes: [0] }));
        test(`rows ${n}`, [x], [centred, reduceSum(mul(centred, centred), { axes: [1] })], { low: 0 });
        test(`columns ${n}`, [x], [reduceSum(x, { axes: [0] }), reduceMax(x, { axes: [0] })]);
        test(`all ${n}`, [x], [reduceSum(x, { axes: [0, 1] }), transpose(x, { perm: [1, 0] })]);
      }
    });

    it('transposes in tiles', () => {
      for (const [m, n] of [
        [64, 96],
        [48, 40],
        [100, 36],
        [37, 64],
      ] as const) {
        const [x, y, h] = [tensor([3, m, n]), tensor([3, n, m]), tensor([m, n], 'int16')];
        const turned = transpose(x, { perm: [0, 2, 1] });
        test(`transpose ${m} ${n}`, [x, y], [turned, mul(exp(turned), y)]);
        test(`narrow ${m} ${n}`, [h], [transpose(h, { perm: [1, 0] })], { low: -999, high: 999 });
      }
    });

    it('splits large arrays among the threads', () => {
      const [x, y] = [tensor([300, 701]), tensor([701, 300])];
      test('large', [x, y], [add(exp(x), transpose(y, { perm: [1, 0] })), reduceSum(x, { axes: [0] })]);
      test(
        'large sum',
        [x],
        [reduceSum(x, { axes: [0, 1] }), max(x, full({ shape: x.shape, dtype: 'float32', value: 0 }))],
        { low: 0 },
      );
    });

    it('keeps every dtype as it is stored', () => {
      const stored: DType[] = ['bool', 'uint8', 'uint16', 'uint32', 'int8', 'int16', 'int32'];
      for (const dtype of stored)
        for (const n of [3, 9]) {
          const [x, y] = [tensor([n], dtype), tensor([n], dtype)];
          const condition = gt(x, y);
          const wide = convert(x, { dtype: 'float32' });
          const range = { low: 0, high: dtype === 'bool' ? 2 : 100 };
          test(dtype, [x, y], [select(condition, x, y), concatenate([x, y], { axis: 0 }), wide, condition], range);
          test(`${dtype} maximum`, [x, y], [max(x, y), convert(wide, { dtype })], range);
        }
    });

    it('divides integers by all there are, zero included', () => {
      const integers: DType[] = ['uint8', 'uint16', 'uint32', 'int8', 'int16', 'int32'];
      const divisors = [0, 1, -1, 2, 3, -3, 100, 127];
      const dividends = [7, -7, 0, 100, -128, 127, -(2 ** 31), 2 ** 31 - 1];
      for (const dtype of integers) {
        const pairs = dividends.flatMap((a) => divisors.map((b) => [a, b] as const));
        const [x, y] = [tensor([pairs.length], dtype), tensor([pairs.length], dtype)];
        const { array } = dtypeInfo[dtype];
        const program = makeProgram(`${dtype} divided`, [x, y], [primitives.rem(x, y), div(x, y)]);
        expectEqual(
          program,
          [0, 1].map((side) => new array(pairs.length).map((_, i) => pairs[i]![side as 0 | 1])),
        );
      }
    });

    it('rounds 16-bit floats to even, exactly', () => {
      const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((i) => (i & 0x7fff) <= 0x7c00);
      const edges = [
        65519,
        65520,
        65536,
        2 ** -24,
        2 ** -25,
        1.5 * 2 ** -25,
        2 ** -14,
        1 + 2 ** -11,
        1 + 3 * 2 ** -11,
        NaN,
        -0,
      ];
      const floats = Float32Array.from([
        ...edges,
        ...edges.map((x) => -x),
        ...Array.from({ length: 4000 }, () => (random() - 0.5) * 2 ** (40 * random() - 25)),
      ]);
      for (const dtype of ['float16', 'bfloat16'] as const) {
        const [h, x] = [tensor([patterns.length], dtype), tensor([floats.length])];
        const bits = bitcast(convert(h, { dtype: 'float32' }), { dtype: 'int32' });
        expectEqual(makeProgram(`${dtype} to float32`, [h], [bits, neg(h)]), [patterns]);
        const program = makeProgram(`float32 to ${dtype}`, [x], [convert(x, { dtype })]);
        const [right] = run(reference, program, [floats]);
        const isNaN16 = (i: number) => Number.isNaN(floats[i]);
        for (const [, device] of devices)
          run(device, program, [floats])[0]!.forEach((got, i) => {
            if (!isNaN16(i)) expect(got, `${dtype} of ${floats[i]}`).toBe(right![i]);
            else expect((got & 0x7fff) > (dtype === 'float16' ? 0x7c00 : 0x7f80)).toBe(true);
          });
      }
    });

    it('never traps on integers', () => {
      const values = [-(2 ** 31), -7, -1, 0, 1, 2, 7, 2 ** 31 - 1];
      const left = Int32Array.from(values.flatMap((a) => values.map(() => a)));
      const right = Int32Array.from(values.flatMap(() => values));
      const [x, y] = [tensor([64], 'int32'), tensor([64], 'int32')];
      const { div, rem } = primitives;
      expectEqual(makeProgram('int32', [x, y], [div(x, y), rem(x, y)]), [left, right]);
      const [u, v] = [tensor([64], 'uint32'), tensor([64], 'uint32')];
      expectEqual(
        makeProgram('uint32', [u, v], [div(u, v), rem(u, v)]),
        [left, right].map((a) => new Uint32Array(a)),
      );
    });

    it('fuses what follows a product into it', () => {
      for (const [m, k, n] of [
        [1, 1, 1],
        [5, 7, 6],
        [33, 20, 70],
        [70, 65, 3],
      ] as const) {
        const [x, w, b] = [tensor([m, k]), tensor([k, n]), tensor([n])];
        const y = dot(x, w, { batch: [[], []], contract: [[1], [0]] });
        const biased = add(y, broadcast(b, { shape: [m, n], axes: [1] }));
        test(`dense ${m} ${k} ${n}`, [x, w, b], [max(biased, full({ shape: [m, n], dtype: 'float32', value: 0 }))]);
      }
      const [x, w, b] = [tensor([2, 7, 6, 1, 5]), tensor([1, 3, 3, 5, 6]), tensor([6])];
      const y = conv(x, w, {
        strides: [1, 2],
        padding: [
          [1, 1],
          [0, 1],
        ],
        dilation: [1, 1],
        inputDilation: [1, 1],
      });
      test('conv', [x, w, b], [exp(add(y, broadcast(b, { shape: y.shape, axes: [4] })))]);
    });

    it('runs loops and branches over large arrays with all threads in step', () => {
      const { cond, scan, whileLoop } = primitives;
      const scalar = (value: number) => full({ shape: [], dtype: 'float32', value });
      const grow = (v: Tensor) => mul(v, full({ shape: v.shape, dtype: 'float32', value: 1.5 }));
      const x = tensor([40_000]);
      const total = (v: Tensor) => reduceSum(v, { axes: [0] });
      const [grown] = whileLoop(
        ([v]) => gt(scalar(1e6), total(v!)),
        ([v]) => [grow(v!)],
        [x],
      );
      const [chosen] = cond(
        gt(total(x), scalar(5)),
        ([v]) => [exp(v!)],
        ([v]) => [neg(v!)],
        [x],
      );
      test('while', [x], [grown!, chosen!], { low: 0.5, high: 1 });
      const rows = tensor([5, 40_000]);
      const { carries, results } = scan(
        ([v], [row]) => ({ carries: [add(grow(v!), row!)], results: [total(v!)] }),
        [x],
        [rows],
      );
      test('scan', [x, rows], [...carries, ...results], { low: 0 });
    });

    it('finds a NaN wherever it stands in a row of which the largest and smallest are wanted', () => {
      const x = tensor([70, 69]);
      const program = makeProgram('extremes', [x], [reduceMax(x, { axes: [1] }), reduceMin(x, { axes: [1] })]);
      const data = Float32Array.from({ length: 70 * 69 }, (_, i) =>
        i % 70 === 0 && i < 69 * 70 ? NaN : -1 - random(),
      );
      expectEqual(program, [data]);
    });

    it('keeps what a later pass over a row needs again where that goes', () => {
      const [x, g] = [tensor([33, 70]), tensor([33, 70])];
      const shifted = exp(sub(x, broadcast(reduceMax(x, { axes: [1] }), { shape: [33, 70], axes: [0] })));
      const y = div(shifted, broadcast(reduceSum(shifted, { axes: [1] }), { shape: [33, 70], axes: [0] }));
      const inner = broadcast(reduceSum(mul(g, y), { axes: [1] }), { shape: [33, 70], axes: [0] });
      for (const outputs of [[y], [mul(y, sub(g, inner))], [mul(y, sub(g, inner)), y]])
        test('softmax', [x, g], outputs, { low: -20, high: 20 });
      const program = makeProgram('softmax in place', [x], [y], new Map([[0, 0]]));
      expectEqual(program, [valuesFor({ shape: [33, 70] })]);
    });

    it('updates donated inputs in place', () => {
      for (const [, device] of devices) {
        const [x, g] = [tensor([100]), tensor([100])];
        const program = makeProgram('update', [x, g], [sub(x, g)], new Map([[0, 0]]));
        const inputs = [new Float32Array(100).fill(3), new Float32Array(100).fill(1)].map((a) =>
          device.upload(a, 'float32'),
        );
        const executable = device.compile(program);
        for (let step = 1; step <= 3; step++) {
          const [output] = executable.run(inputs);
          expect(output).toBe(inputs[0]);
          expect(device.download(output!, x)).toEqual(new Float32Array(100).fill(3 - step));
        }
        for (const buffer of inputs) device.free(buffer);
      }
    });

    it('says what is wrong with a buffer or an upload', () => {
      const [, device] = devices[0]!;
      expect(() => device.upload(new Float32Array(3), 'int32')).toThrow(
        'int32 is stored in Int32Array, not Float32Array',
      );
      const buffer = device.upload(new Float32Array(3), 'float32');
      expect(() => device.download(buffer, { shape: [4], dtype: 'float32' })).toThrow('not those of float32(4,)');
      const second = device.copy(buffer);
      device.free(buffer);
      expect(() => device.free(buffer)).toThrow('the buffer was freed');
      device.free(second);
    });
  });
}
