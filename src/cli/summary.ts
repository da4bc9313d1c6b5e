import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { numberOf } from './usage.ts';

/** `hornbeam summary`: the table that `model.summary()` prints. */
export const summary = command({
  name: 'summary',
  words: ['MODEL'],
  about: 'Prints the layers of a model, their output shapes and numbers of parameters, as Keras does.',
  notes: 'MODEL is a .keras or .h5 file, a folder in the layout of .keras, or a config (.json).',
  options: {
    'expand-nested': { type: 'boolean', doc: 'list the layers of nested models too' },
    'show-trainable': { type: 'boolean', doc: 'say which layers are trained' },
    'line-length': { type: 'string', value: 'N', doc: 'characters of a line' },
    ...modelOptions,
  },
  async run({ words: [file], values }, { out, columns }) {
    const model = await modelIn(file, { modules: values.import });
    const length = values['line-length'];
    model.summary({
      expandNested: values['expand-nested'],
      showTrainable: values['show-trainable'],
      lineLength: length === undefined ? (columns < 112 ? columns : undefined) : numberOf('line-length', length, 20),
      printFn: (text) => out(text.trimEnd()),
    });
  },
});
