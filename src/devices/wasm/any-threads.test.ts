import { afterAll, describe, expect, it } from 'vitest';
import { dtypeInfo, type TypedArray } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import { makeProgram, type Program } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { add, broadcast, dot, exp, full, mul, reduceSum, sub } from '../../primitives/index.ts';
import type { Device } from '../device.ts';
import { wasmDevice } from './device.ts';

const devices = new Map<number, Device>([1, 2, 3, 4, 7].map((threads) => [threads, wasmDevice(threads)]));
const tensor = (...shape: number[]): Tensor => new Tensor({ shape, dtype: 'float32' });
const scaled = (x: Tensor, value: number): Tensor => mul(x, full({ shape: x.shape, dtype: x.dtype, value }));
const columns = (x: Tensor): Tensor => reduceSum(x, { axes: [0] });

function run(device: Device, program: Program, data: readonly TypedArray[], times: number): TypedArray[] {
  const inputs = data.map((x, i) => device.upload(x, program.inputs[i]!.dtype));
  const executable = device.compile(program);
  let outputs = executable.run(inputs);
  for (let k = 1; k < times; k++) {
    for (const buffer of outputs) if (!inputs.includes(buffer)) device.free(buffer);
    outputs = executable.run(inputs);
  }
  const results = outputs.map((b, k) => device.download(b, program.outputs[k]!) as TypedArray);
  for (const buffer of new Set([...inputs, ...outputs])) device.free(buffer);
  return results;
}

/** The same bits with each number of threads, and whenever it is run. */
function expectSame(program: Program, times = 3): void {
  const data = program.inputs.map(({ shape, dtype }, n) =>
    new dtypeInfo[dtype].array(sizeOf(shape)).map((_, i) => Math.sin(i * 1.7 + n)),
  );
  const right = run(devices.get(1)!, program, data, times);
  for (const [threads, device] of devices)
    for (let again = 0; again < 5; again++)
      run(device, program, data, times).forEach((found, k) => {
        const at = found.findIndex((x, i) => !Object.is(x, right[k]![i]));
        if (at >= 0)
          expect.fail(`${program.name}, ${threads} threads: output ${k}[${at}] is ${found[at]}, not ${right[k]![at]}`);
      });
}

describe('any number of threads gives the same bits', () => {
  afterAll(() => devices.clear());

  it('where few long columns are summed and an input is updated in place', () => {
    for (const channels of [3, 4, 8, 17, 64, 130])
      for (const rows of [1152, 2304, 4099]) {
        const [x, beta] = [tensor(rows, channels), tensor(channels)];
        expectSame(
          makeProgram(`${rows} x ${channels}`, [x, beta], [sub(beta, scaled(columns(x), 0.1))], new Map([[0, 1]])),
        );
      }
  });

  it('where sums of much are cut into blocks', () => {
    for (const shape of [[70_000], [65_536, 2], [640, 12, 12, 6], [24, 12_000], [8, 9000]]) {
      const x = tensor(...shape);
      const sums = shape.map((_, d) => reduceSum(exp(x), { axes: shape.map((_, k) => k).filter((k) => k !== d) }));
      expectSame(makeProgram(`sums of ${shape}`, [x], sums), 1);
    }
  });

  it('where bytes of what one thread does alone serve next for what all do', () => {
    // Small sums are freed by the first thread while the others are at work on what needs none of them.
    const [x, w, b] = [tensor(256, 64), tensor(64, 64), tensor(40)];
    const outputs: Tensor[] = [];
    let [wide, small] = [x, b];
    for (let k = 0; k < 6; k++) {
      small = exp(sub(small, broadcast(reduceSum(small, { axes: [0] }), { shape: [40], axes: [] })));
      wide = scaled(dot(exp(scaled(wide, 0.01)), w, { batch: [[], []], contract: [[1], [0]] }), 0.02);
      outputs.push(columns(wide));
    }
    outputs.push(small, wide);
    expectSame(makeProgram('small beside large', [x, w, b], outputs));
  });

  it('where a small product that one thread does is followed by a large one', () => {
    const [a, b, x, w] = [tensor(20, 33), tensor(33, 20), tensor(200, 90), tensor(90, 70)];
    const product = (p: Tensor, q: Tensor): Tensor => dot(p, q, { batch: [[], []], contract: [[1], [0]] });
    expectSame(
      makeProgram(
        'products',
        [a, b, x, w],
        [product(a, b), product(x, w), add(product(b, a), scaled(product(b, a), 2))],
      ),
    );
  });
});
