import { afterEach, expect, test, vi } from 'vitest';
import * as keras from '../index.ts';

const { layers, ops } = keras;
afterEach(() => void vi.restoreAllMocks());

interface Options extends keras.CompileOptions {
  readonly second: keras.Optimizer;
  readonly isBuilt?: boolean;
}
class Two extends keras.Model {
  static override readonly className: string = 'Two';
  readonly dense = new layers.Dense({ units: 1 });
  second!: keras.Optimizer;
  constructor(options: keras.ModelOptions = {}) {
    super(options);
    this.dense.build([null, 2]);
  }
  override call(x: keras.Tensor): keras.Tensor {
    return this.dense(x);
  }
  override compile({ second, isBuilt = true, ...rest }: Options): void {
    super.compile(rest);
    if (isBuilt) second.build(this.dense.trainableVariables);
    this.second = second;
  }
  override trainStep({ x }: keras.Batch): keras.StepLogs {
    const variables = this.dense.trainableVariables;
    const { value, gradients } = keras.gradients(() => ops.mean(ops.square(this(x))), variables);
    this.second.apply(gradients, variables);
    return { loss: value };
  }
}
const x = ops.ones([4, 2]);
const make = (isBuilt: boolean): Two => {
  const model = new Two();
  model.compile({ second: new keras.optimizers.Adam(), isBuilt });
  return model;
};

test('an optimizer kept as an attribute is saved and loaded with the model', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const path = `${(await import('node:os')).tmpdir()}/two-${process.pid}.weights.h5`;
  const model = make(true);
  await model.fit(x, { epochs: 3, verbose: 0 });
  await model.saveWeights(path);
  const again = make(true);
  await again.loadWeights(path);
  expect(await again.second.iterations.numpy()).toBe(3);
  expect(warn).not.toHaveBeenCalled();
  // One that has no variables yet is left as it is, as in Keras.
  const unbuilt = make(false);
  await unbuilt.loadWeights(path);
  expect(await unbuilt.getWeights()[0]!.array()).toEqual(await model.getWeights()[0]!.array());
  await (await import('node:fs/promises')).rm(path);
});

test('a model with a compile of its own is loaded without being compiled, and says so', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const model = make(true);
  model.compileFromConfig({ optimizer: 'adam' });
  expect(warn).toHaveBeenCalledWith(expect.stringMatching(/has a compile\(\) of its own\. Fix: call compile\(\)/));
});
