import { fail } from '../base/errors.ts';
import { writeFileAtomic } from '../formats/file.ts';
import { writeNpy } from '../formats/npy.ts';
import { storedArray } from '../formats/stored.ts';
import { Tensor } from '../tensor/index.ts';
import { inputsOf } from './arrays.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { numberOf } from './usage.ts';

/** `hornbeam predict`: the outputs of a model for arrays or images. */
export const predict = command({
  name: 'predict',
  words: ['MODEL'],
  about: 'Prints the outputs of a model for an input, as JSON.',
  notes: [
    'An input is an array with its batch axis (.npy, .npz or FILE.npz:NAME, nested lists in .json), or images (.png, .jpg, .webp, .gif,',
    '.bmp), which are brought to the size and colours that the model takes; several make a batch.',
  ].join('\n'),
  options: {
    input: {
      type: 'string',
      value: '[NAME=]FILE',
      multiple: true,
      doc: 'an input; with the name of an Input where a model has several',
    },
    scale: { type: 'string', value: 'X', doc: 'what pixels, from 0 to 255, are multiplied by (default: 1)' },
    batch: { type: 'string', value: 'N', doc: 'samples at a time (default: 32)' },
    output: { type: 'string', value: 'FILE', doc: 'write the result there (.npy or .json) instead' },
    ...modelOptions,
  },
  async run({ words: [file], values }, { out }) {
    const { batch = '32', scale = '1', output } = values;
    const factor = numberOf('scale', scale, Number.NEGATIVE_INFINITY, false);
    const batchSize = numberOf('batch', batch, 1);
    if (output !== undefined && !/\.(npy|json)$/.test(output))
      fail('predict', `"${output}" ends neither in .npy nor in .json`, 'give such a name');
    const model = await modelIn(file, { modules: values.import });
    const result = await model.predict(await inputsOf(model, values.input ?? [], factor), { verbose: 0, batchSize });
    if (output === undefined) out(JSON.stringify(await plain(result)));
    else {
      await writeFileAtomic(output, await fileOf(output, result));
      out(output);
    }
  },
});

async function fileOf(output: string, result: unknown): Promise<Uint8Array> {
  if (output.endsWith('.json')) return new TextEncoder().encode(JSON.stringify(await plain(result)));
  if (!(result instanceof Tensor)) return fail('predict', 'the model has several outputs', 'write them as .json');
  const { dtype, shape } = result;
  if (dtype === 'string' || dtype === 'complex64')
    return fail('predict', `the output has dtype ${dtype}`, 'write it as .json');
  const data = await result.data();
  // 16-bit floats are read as numbers, and written as float32.
  const stored = data instanceof storedArray(dtype) ? dtype : 'float32';
  return writeNpy({
    shape,
    dtype: stored,
    data: stored === dtype ? data : Float32Array.from(data as ArrayLike<number>),
  });
}

/** Results in JSON: nested lists, with null for NaN and infinities, which JSON lacks. */
async function plain(x: unknown): Promise<unknown> {
  if (x instanceof Tensor) return x.array();
  if (Array.isArray(x)) return Promise.all(x.map(plain));
  if (typeof x === 'object' && x !== null)
    return Object.fromEntries(
      await Promise.all(Object.entries(x).map(async ([name, part]) => [name, await plain(part)])),
    );
  return x;
}
