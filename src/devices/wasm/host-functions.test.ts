import { expect, test } from 'vitest';
import { makeProgram } from '../../ir/program.ts';
import { Tensor } from '../../ir/tensor.ts';
import { exp, pow } from '../../primitives/index.ts';
import { wasmDevice } from './device.ts';

test('functions of float64 numbers are asked of JavaScript, those of one number too', () => {
  const device = wasmDevice(1);
  const x = new Tensor({ shape: [3], dtype: 'float64' });
  const program = makeProgram('functions', [x], [exp(x), pow(x, x)]);
  const [exponentials, powers] = device
    .compile(program)
    .run([device.upload(Float64Array.of(0.5, 1, 2), 'float64')])
    .map((buffer, k) => device.download(buffer, program.outputs[k]!));
  expect(exponentials).toEqual(Float64Array.of(Math.exp(0.5), Math.E, Math.exp(2)));
  expect(powers).toEqual(Float64Array.of(0.5 ** 0.5, 1, 4));
});
