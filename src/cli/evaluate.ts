import { fail } from '../base/errors.ts';
import { arrayOf, inputsOf } from './arrays.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { columnsOf } from './text-columns.ts';
import { numberOf, wrongUsage } from './usage.ts';

/** `hornbeam evaluate`: the loss and metrics with which a model was compiled, on arrays. */
export const evaluate = command({
  name: 'evaluate',
  words: ['MODEL'],
  about: 'Prints the loss and the metrics, with which the model was compiled, on data.',
  options: {
    input: { type: 'string', value: '[NAME=]FILE', multiple: true, doc: 'inputs: .npy, .npz:NAME, .json' },
    labels: { type: 'string', value: 'FILE', multiple: true, doc: 'labels, a file for each output' },
    batch: { type: 'string', value: 'N', doc: 'samples at a time (default: 32)' },
    json: { type: 'boolean', doc: 'as JSON' },
    ...modelOptions,
  },
  async run({ words: [file], values }, { out, columns }) {
    const batchSize = numberOf('batch', values.batch ?? '32', 1);
    const files = values.labels ?? wrongUsage('--labels is missing', 'give --labels FILE');
    const model = await modelIn(file, { modules: values.import, compile: true });
    if (!model.compiled) fail(model, 'the file says no loss and no metrics', 'compile the model before it is saved');
    const x = await inputsOf(model, values.input ?? [], 1);
    const labels = await Promise.all(files.map(arrayOf));
    const results = (await model.evaluate(x, labels.length === 1 ? labels[0] : labels, {
      batchSize,
      verbose: 0,
      returnDict: true,
    })) as Record<string, number | number[]>;
    const rows = Object.entries(results).map(([name, value]) => [name, String(value)]);
    out(values.json ? JSON.stringify(results) : columnsOf(rows, { width: columns }));
  },
});
