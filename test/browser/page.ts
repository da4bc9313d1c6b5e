/** What the tests ask a page to do: each function gives back plain data. */
import { type DType, dtypeInfo, type TypedArray } from '../../src/base/dtype.ts';
import { sizeOf } from '../../src/base/shape.ts';
import type { Device } from '../../src/devices/device.ts';
import { referenceDevice } from '../../src/devices/reference/device.ts';
import { wasmDevice } from '../../src/devices/wasm/device.ts';
import * as keras from '../../src/index.ts';
import { bind, type Rule, type Sample } from '../../src/ir/primitive.ts';
import { makeProgram, type Program } from '../../src/ir/program.ts';
import { Tensor } from '../../src/ir/tensor.ts';
import * as primitives from '../../src/primitives/index.ts';

/** The losses of the epochs in which a small convolutional model learns to tell which half of an image is brighter. */
export async function train(): Promise<number[]> {
  keras.utils.setRandomSeed(3);
  const [count, size] = [64, 8];
  const images = new Float32Array(count * size * size).map((_, k) => {
    const [image, column] = [Math.floor(k / (size * size)), k % size];
    return Math.sin(k * 12.9898) * 0.4 + (column < size / 2 === (image % 2 === 0) ? 0.5 : 0);
  });
  const labels = Float32Array.from({ length: count }, (_, k) => k % 2);
  const inputs = keras.Input({ shape: [size, size, 1] });
  let x = new keras.layers.Conv2D({ filters: 8, kernelSize: 3, activation: 'relu' })(inputs);
  x = new keras.layers.BatchNormalization()(x);
  x = new keras.layers.Flatten()(x);
  const outputs = new keras.layers.Dense({ units: 1, activation: 'sigmoid' })(x);
  const model = new keras.Model({ inputs, outputs });
  model.compile({ optimizer: 'adam', loss: 'binary_crossentropy' });
  const { history } = await model.fit(
    keras.tensor(images, { shape: [count, size, size, 1] }),
    keras.tensor(labels, { shape: [count, 1] }),
    { epochs: 10, batchSize: 16, verbose: 0 },
  );
  return history['loss']!;
}

/** What a model file from the server predicts for `[rows, 4]` numbers. */
export async function predict(url: string, values: number[]): Promise<number[]> {
  const model = await keras.models.loadModel<keras.Model>(new URL(url, location.href));
  const x = keras.tensor(Float32Array.from(values), { shape: [values.length / 4, 4] });
  return [...((await ((await model.predict(x)) as keras.Tensor).data()) as Float32Array)];
}

/** The first bytes of a picture of a small model. */
export async function plot(): Promise<number[]> {
  const inputs = keras.Input({ shape: [4] });
  const model = new keras.Model({ inputs, outputs: new keras.layers.Dense({ units: 2 })(inputs) });
  return [...(await keras.utils.plotModel(model, { dpi: 72 })).slice(0, 8)];
}

/** Rows of `x @ y` that are wrong, after so many products in one program: long enough for all threads to take part. */
export async function multiply(size: number): Promise<number> {
  const x = keras.ops.reshape(keras.ops.arange(0, size * size, 1, { dtype: 'float32' }), [size, size]);
  const y = keras.ops.eye(size);
  const wrong = keras.ops.any(keras.ops.notEqual(keras.ops.matmul(x, y), x), { axis: 1 });
  return Number(await keras.ops.sum(keras.ops.cast(wrong, 'int32')).item());
}

/** Runs every sample of every primitive on WebAssembly and on the reference device, and tells where they differ. */
export function compareSamples(): { samples: number; differences: string[] } {
  const [reference, wasm] = [referenceDevice(), wasmDevice(1)];
  const differences: string[] = [];
  let samples = 0;
  for (const primitive of Object.values(primitives)) {
    if (typeof primitive !== 'function' || !('rule' in primitive)) continue;
    const rule = primitive.rule as Rule;
    for (const sample of rule.samples) {
      samples++;
      const difference = differenceOf(rule, sample, reference, wasm);
      if (difference) differences.push(`${rule.name}: ${difference}`);
    }
  }
  return { samples, differences };
}

function differenceOf(rule: Rule, sample: Sample<unknown>, reference: Device, wasm: Device): string | undefined {
  const inputs = sample.inputs.map(({ shape, dtype = 'float32' }) => new Tensor({ shape, dtype }));
  const data = sample.inputs.map(({ shape, dtype = 'float32', low = -1, high = 1, values }, n) => {
    const { array, kind } = dtypeInfo[dtype];
    const numbers = Array.from({ length: sizeOf(shape) }, (_, k) => {
      const x = low + (high - low) * ((Math.sin((k + 1) * 12.9898 + n) * 43758.5453) % 1) ** 2;
      return values?.[k] ?? (kind === 'float' ? x : Math.floor(x));
    });
    const typed = new array(numbers.length);
    typed.set(numbers);
    return typed;
  });
  const program = makeProgram(rule.name, inputs, [bind(rule, inputs, sample.attrs)].flat());
  const [expected, found] = [run(reference, program, data), run(wasm, program, data)];
  for (const [n, { dtype }] of program.outputs.entries())
    for (const [k, x] of expected[n]!.entries())
      if (!isClose(found[n]![k]!, x, dtype)) return `output ${n}[${k}] is ${found[n]![k]}, not ${x}`;
  return undefined;
}

function run(device: Device, program: Program, data: readonly TypedArray[]): TypedArray[] {
  const inputs = data.map((x, k) => device.upload(x, program.inputs[k]!.dtype));
  const outputs = device.compile(program).run(inputs);
  return outputs.map((buffer, k) => device.download(buffer, program.outputs[k]!) as TypedArray);
}

const isClose = (found: number, expected: number, dtype: DType): boolean =>
  Object.is(found + 0, expected + 0) ||
  (dtypeInfo[dtype].kind === 'float' && Math.abs(found - expected) <= 1e-5 * (1 + Math.abs(expected)));
