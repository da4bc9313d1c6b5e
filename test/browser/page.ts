/** What the tests ask a page to do: each function gives back plain data. */
import { type DType, dtypeInfo, type TypedArray } from '../../src/base/dtype.ts';
import { sizeOf } from '../../src/base/shape.ts';
import type { Device } from '../../src/devices/device.ts';
import { referenceDevice } from '../../src/devices/reference/device.ts';
import * as keras from '../../src/index.ts';
import { bind, type Rule, type Sample } from '../../src/ir/primitive.ts';
import { makeProgram, type Program } from '../../src/ir/program.ts';
import { Tensor } from '../../src/ir/tensor.ts';
import type { AnyLayer } from '../../src/layers/layer/layer.ts';
import * as primitives from '../../src/primitives/index.ts';
import { currentDevice, type DeviceName } from '../../src/runtime/device.ts';
import type { Task } from './cases.ts';
import type { TestedDevice } from './devices.ts';
import { withTensors } from './stored.ts';

const use = (device: DeviceName): Promise<void> => keras.config.setDevice(device);
const numbersOf = async (given: unknown): Promise<number[]> => {
  // Some ops give promises of tensors, one gives nested numbers.
  const x = await given;
  return x instanceof Tensor ? Array.from(await x.data()) : ([x].flat(Infinity) as number[]);
};

/** The losses of the epochs in which a small convolutional model learns to tell which half of an image is brighter. */
export async function train(device: DeviceName): Promise<number[]> {
  await use(device);
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

/** The losses of `train` in a worker, and how often the page's timer came through in the meantime. */
export async function trainInWorker(device: DeviceName): Promise<{ losses: number[]; ticks: number }> {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 5);
  const worker = new Worker(new URL('./worker.js', location.href), { type: 'module' });
  const answer = await new Promise<{ losses?: number[]; error?: string }>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => resolve({ error: message });
    worker.postMessage(device);
  });
  clearInterval(timer);
  worker.terminate();
  if (!answer.losses) throw new Error(answer.error);
  return { losses: answer.losses, ticks };
}

/** What a model file from the server answers to stored inputs. */
export async function predict(device: DeviceName, url: string, inputs: unknown): Promise<number[][]> {
  await use(device);
  const model = await keras.models.loadModel<keras.Model>(url);
  const outputs = await model.predict(withTensors(inputs) as keras.Tensor);
  return Promise.all(leaves(outputs).map(numbersOf));
}
const leaves = (x: unknown): Tensor[] => (x instanceof Tensor ? [x] : Object.values(x as object).flatMap(leaves));

/** Computes a conformance case: the outputs, and the gradient of their product with the cotangents. */
export async function compute(device: DeviceName, task: Task): Promise<number[][]> {
  await use(device);
  if (task.kind === 'op') {
    const f = task.path.reduce<unknown>((space, key) => (space as Record<string, unknown>)[key], keras);
    return [await numbersOf((f as (...args: unknown[]) => unknown)(...(withTensors(task.args) as unknown[])))];
  }
  const layer = keras.saving.deserializeKerasObject(task.config) as unknown as ((x: keras.Tensor) => keras.Tensor) &
    AnyLayer;
  const x = withTensors(task.inputs) as keras.Tensor;
  if (!layer.built) layer.build(x.shape as never);
  layer.setWeights(task.weights.map((w) => withTensors(w) as keras.Tensor));
  const results = [await numbersOf(layer(x))];
  if (!task.cotangents) return results;
  layer.setWeights(task.weights.map((w) => withTensors(w) as keras.Tensor));
  const cotangents = withTensors(task.cotangents) as keras.Tensor;
  const gradient = keras.grad((given: keras.Tensor) => keras.ops.sum(keras.ops.multiply(layer(given), cotangents)))(x);
  return [...results, await numbersOf(gradient)];
}

/** Keeps a model in the browser's database, reads it back, and tells what both answer and which files there were. */
export async function store(): Promise<{ answers: number[][]; kept: string[]; left: string[] }> {
  const make = (): keras.Model =>
    new keras.Sequential([keras.Input({ shape: [4] }), new keras.layers.Dense({ units: 3 })]);
  const x = keras.tensor([[1, 2, 3, 4]]);
  const model = make();
  await model.save('indexeddb://kept.keras');
  await model.saveWeights('indexeddb://kept.weights.h5');
  const kept = await keras.saving.storedFiles();
  const again = await keras.models.loadModel<keras.Model>('indexeddb://kept.keras');
  const weights = make();
  await weights.loadWeights('indexeddb://kept.weights.h5');
  const picked = await keras.models.loadModel<keras.Model>(new File([await bytesOf(model)], 'digits.keras'));
  const answers = [];
  for (const m of [model, again, weights, picked]) answers.push(await numbersOf(await m.predict(x)));
  for (const name of kept) await keras.saving.removeFile(name);
  return { answers, kept, left: await keras.saving.storedFiles() };
}
const bytesOf = async (model: keras.Model): Promise<Uint8Array<ArrayBuffer>> =>
  (await keras.saving.modelToKeras(model as never)) as Uint8Array<ArrayBuffer>;

/** Offers a model as a download. */
export const download = (name: string): Promise<void> =>
  new keras.Sequential([keras.Input({ shape: [4] }), new keras.layers.Dense({ units: 3 })]).save(`downloads://${name}`);

/** The first bytes of a picture of a small model. */
export async function plot(): Promise<number[]> {
  const inputs = keras.Input({ shape: [4] });
  const model = new keras.Model({ inputs, outputs: new keras.layers.Dense({ units: 2 })(inputs) });
  return [...(await keras.utils.plotModel(model, { dpi: 72 })).slice(0, 8)];
}

/** Rows of `x @ y` that are wrong, after so many products in one program: long enough for all threads to take part. */
export async function multiply(device: DeviceName, size: number): Promise<number> {
  await use(device);
  const x = keras.ops.reshape(keras.ops.arange(0, size * size, 1, { dtype: 'float32' }), [size, size]);
  const y = keras.ops.eye(size);
  const wrong = keras.ops.any(keras.ops.notEqual(keras.ops.matmul(x, y), x), { axis: 1 });
  return Number(await keras.ops.sum(keras.ops.cast(wrong, 'int32')).item());
}

/** Runs every sample of every primitive on a device and on the reference, and tells where they differ. */
export async function compareSamples(
  device: DeviceName,
  { tolerance, lacks }: Pick<TestedDevice, 'tolerance' | 'lacks'>,
): Promise<{ samples: number; differences: string[] }> {
  await use(device);
  const reference = referenceDevice();
  const rules = Object.values(primitives).flatMap((p) =>
    typeof p === 'function' && 'rule' in p ? [p.rule as Rule] : [],
  );
  const samples = rules.flatMap((rule) => rule.samples.map((sample) => ({ rule, sample })));
  const differences: string[] = [];
  const left = [...samples];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { rule, sample } = next;
      const difference = await differenceOf(rule, sample, reference, tolerance).catch((error: Error) =>
        lacks.some((dtype) => error.message.includes(`has no ${dtype}`)) ? undefined : String(error),
      );
      if (difference) differences.push(`${rule.name}: ${difference}`);
    }
  };
  // A GPU compiles some while others are computed.
  await Promise.all(Array.from({ length: 8 }, work));
  return { samples: samples.length, differences };
}

async function differenceOf(
  rule: Rule,
  sample: Sample<unknown>,
  reference: Device,
  tolerance: number,
): Promise<string | undefined> {
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
  const [expected, found] = [await run(reference, program, data), await run(currentDevice(), program, data)];
  for (const [n, { dtype }] of program.outputs.entries())
    for (const [k, x] of expected[n]!.entries())
      if (!isClose(found[n]![k]!, x, dtype, tolerance)) return `output ${n}[${k}] is ${found[n]![k]}, not ${x}`;
  return undefined;
}

function run(device: Device, program: Program, data: readonly TypedArray[]): Promise<TypedArray[]> {
  const inputs = data.map((x, k) => device.upload(x, program.inputs[k]!.dtype));
  const outputs = device.compile(program).run(inputs);
  return Promise.all(outputs.map((buffer, k) => device.download(buffer, program.outputs[k]!)));
}

const isClose = (found: number, expected: number, dtype: DType, tolerance: number): boolean =>
  Object.is(found + 0, expected + 0) ||
  (dtypeInfo[dtype].kind === 'float' && Math.abs(found - expected) <= tolerance * (1 + Math.abs(expected)));
