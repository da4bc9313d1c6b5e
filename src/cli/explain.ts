import { fail } from '../base/errors.ts';
import { setDevice } from '../runtime/set-device.ts';
import { type KerasTensor, tensor } from '../tensor/index.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { numberOf } from './usage.ts';

/** `hornbeam explain`: the kernels of a model's forward pass. */
export const explain = command({
  name: 'explain',
  words: ['MODEL'],
  about: 'Prints the kernels that the forward pass of a model is compiled to: what was fused, bytes, FLOPs.',
  options: {
    batch: { type: 'string', value: 'N', doc: 'samples of the batch (default: 8)' },
    size: { type: 'string', value: 'N', doc: 'what stands for sizes that the model leaves open (default: 32)' },
    timed: { type: 'boolean', doc: 'measure the milliseconds of each kernel, on zeros' },
    device: { type: 'string', value: 'NAME', doc: 'wasm (the default), native, webgpu or reference' },
    ...modelOptions,
  },
  async run({ words: [file], values }, { out }) {
    const [batch, size] = [numberOf('batch', values.batch ?? '8', 1), numberOf('size', values.size ?? '32', 1)];
    if (values.device !== undefined) await setDevice(values.device);
    const model = await modelIn(file, { modules: values.import });
    const inputs = model.inputs as readonly KerasTensor[] | undefined;
    if (!inputs)
      return fail(model, 'its inputs are not known before it is called', 'explain a functional or sequential model');
    const zeros = inputs.map(({ symbolicShape: [, ...rest], dtype }) => {
      const shape = [batch, ...rest.map((n) => n ?? size)];
      const count = shape.reduce((a, b) => a * b, 1);
      return dtype === 'string'
        ? fail(model, 'it takes texts, whose programs depend on them', 'explain the model behind its text layers')
        : tensor(new Float32Array(count), { shape, dtype });
    });
    model.predictFunction(zeros.length === 1 ? zeros[0] : zeros);
    out(String(await model.predictFunction.explain({ timed: values.timed ?? false })).trimEnd());
    return 0;
  },
});
