import { stat } from 'node:fs/promises';
import { fail } from '../base/errors.ts';
import { writeFileAtomic } from '../formats/file.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { numberOf } from './usage.ts';

const isWeights = (file: string): boolean => /\.(weights\.(h5|json)|safetensors)$/.test(file);

/** `hornbeam convert`: reads a model, or weights, and writes another format. */
export const convert = command({
  name: 'convert',
  words: ['FROM', 'TO'],
  about: 'Reads a model, writes it in the format of the other file name, and prints that name.',
  notes: [
    'Read are .keras, .h5 (of any Keras), folders in the layout of .keras, models of TensorFlow.js (model.json), .onnx, configs (.json), and with',
    '--model weights alone (.weights.h5, .weights.json, .safetensors). Written are .keras, .h5, .weights.h5, .weights.json (in parts),',
    '.safetensors, configs (.json), and what the model computes (.onnx; with --format tfjs a folder for TensorFlow.js).',
  ].join('\n'),
  options: {
    model: { type: 'string', value: 'MODEL', doc: 'the model whose weights are read' },
    overwrite: { type: 'boolean', doc: 'replace a file that is there' },
    format: { type: 'string', value: 'NAME', doc: 'write a format of others: tfjs, a folder for TensorFlow.js' },
    folder: { type: 'boolean', doc: 'write a folder in the layout of .keras instead of an archive' },
    'max-shard-size': { type: 'string', value: 'GB', doc: 'the largest part of a .weights.json (default: 10)' },
    ...modelOptions,
  },
  async run({ words: [from, to], values }, { out }) {
    const { overwrite = false, import: modules } = values;
    const shard = numberOf('max-shard-size', values['max-shard-size'] ?? '10', 1e-9, false);
    const exists = await stat(to).then(
      () => true,
      () => false,
    );
    if (exists && !overwrite) fail(to, 'it is there already', 'give another name, or --overwrite');
    if (isWeights(from) && values.model === undefined)
      fail(from, 'it holds weights alone', 'name their model too: --model model.keras (or a config, .json)');
    const model = await modelIn(isWeights(from) ? String(values.model) : from, { modules, compile: true });
    if (isWeights(from)) await model.loadWeights(from);
    if (values.format !== undefined) await model.export(to, { format: values.format as 'tfjs' });
    else if (to.endsWith('.weights.json')) await model.saveWeights(to, { overwrite, maxShardSize: shard });
    else if (isWeights(to)) await model.saveWeights(to, { overwrite });
    else if (to.endsWith('.onnx')) await model.export(to);
    else if (to.endsWith('.json')) await writeFileAtomic(to, new TextEncoder().encode(model.toJson()));
    else await model.save(to, { overwrite, zipped: !values.folder });
    out(to);
  },
});
