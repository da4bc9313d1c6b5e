import { fail, HornbeamError } from '../base/errors.ts';
import type { Data } from '../data/batches.ts';
import type { Model } from '../models/index.ts';
import { zeros, zerosLike } from '../ops/index.ts';
import { setDevice } from '../runtime/set-device.ts';
import { type KerasTensor, mapTensors, type Tensor } from '../tensor/index.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { numberOf } from './usage.ts';

/** `hornbeam explain`: the kernels of a model's forward pass, or of its training step. */
export const explain = command({
  name: 'explain',
  words: ['MODEL'],
  about: 'Prints the kernels that a model is compiled to: for which layers, what was fused, bytes, FLOPs.',
  options: {
    batch: { type: 'string', value: 'N', doc: 'samples of the batch (default: 8)' },
    size: { type: 'string', value: 'N', doc: 'what stands for sizes that the model leaves open (default: 32)' },
    training: { type: 'boolean', doc: 'those of the training step, with the loss and optimizer of the file' },
    timed: { type: 'boolean', doc: 'measure the milliseconds of each kernel, on zeros' },
    device: { type: 'string', value: 'NAME', doc: 'wasm (the default), native, webgpu or reference' },
    ...modelOptions,
  },
  async run({ words: [file], values }, { out }) {
    const [batch, size] = [numberOf('batch', values.batch ?? '8', 1), numberOf('size', values.size ?? '32', 1)];
    if (values.device !== undefined) await setDevice(values.device);
    const { training = false, timed = false } = values;
    const model = await modelIn(file, { modules: values.import, compile: training });
    if (training && !model.compiled) fail(model, 'the file says no loss', 'compile the model before it is saved');
    const inputs = model.inputs as readonly KerasTensor[] | undefined;
    if (!inputs)
      return fail(model, 'its inputs are not known before it is called', 'explain a functional or sequential model');
    const samples = inputs.map(({ symbolicShape: [, ...rest], dtype }) =>
      dtype === 'string'
        ? fail(model, 'it takes texts, whose programs depend on them', 'explain the model behind its text layers')
        : zeros([batch, ...rest.map((n) => n ?? size)], { dtype }),
    );
    const x = samples.length === 1 ? samples[0] : samples;
    if (training) await trainOnZeros(model, x);
    else model.predictFunction(x);
    const step = training ? model.trainFunction! : model.predictFunction;
    out(String(await step.explain({ timed })).trimEnd());
    return 0;
  },
});

/** One step on labels of the shape of the outputs or, if the loss needs class numbers, without the last axis. */
async function trainOnZeros(model: Model, x: Tensor | Tensor[]): Promise<void> {
  const outputs = await model.predictOnBatch(x);
  const labels = (make: (y: Tensor) => Tensor): Data => mapTensors(outputs, make) as Data;
  try {
    await model.trainOnBatch(
      x,
      labels((y) => zerosLike(y)),
    );
  } catch (error) {
    if (!(error instanceof HornbeamError)) throw error;
    await model.trainOnBatch(
      x,
      labels((y) => zeros(y.shape.slice(0, -1), { dtype: 'int32' })),
    );
  }
}
