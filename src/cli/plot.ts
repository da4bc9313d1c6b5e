import { plotModel } from '../visualize/pictures.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { numberOf, oneOf } from './usage.ts';

/** `hornbeam plot`: the picture that `plotModel` draws. */
export const plot = command({
  name: 'plot',
  words: ['MODEL'],
  about: 'Draws a model to a file, and prints its name.',
  options: {
    to: {
      type: 'string',
      value: 'FILE',
      doc: 'the picture: .png, .svg or .dot (default: model.png), or .html: a page to walk through',
    },
    'show-shapes': { type: 'boolean', doc: 'shapes of inputs and outputs' },
    'show-dtype': { type: 'boolean', doc: 'dtypes' },
    'show-layer-names': { type: 'boolean', doc: 'names of layers' },
    'show-layer-activations': { type: 'boolean', doc: 'activations' },
    'show-trainable': { type: 'boolean', doc: 'which layers are trained' },
    'expand-nested': { type: 'boolean', doc: 'open nested models' },
    'expand-layers': { type: 'boolean', doc: 'open custom layers and subclassed models too' },
    rankdir: { type: 'string', value: 'TB|LR|BT|RL', doc: 'where the graph grows to (default: TB, down)' },
    dpi: { type: 'string', value: 'N', doc: 'dots an inch of a .png (default: 200)' },
    ...modelOptions,
  },
  async run({ words: [file], values }, { out }) {
    const { to = 'model.png', rankdir, dpi } = values;
    await plotModel(await modelIn(file, { modules: values.import }), {
      toFile: to,
      showShapes: values['show-shapes'],
      showDtype: values['show-dtype'],
      showLayerNames: values['show-layer-names'],
      showLayerActivations: values['show-layer-activations'],
      showTrainable: values['show-trainable'],
      expandNested: values['expand-nested'],
      expandLayers: values['expand-layers'],
      rankdir: rankdir === undefined ? undefined : oneOf('rankdir', rankdir, ['TB', 'LR', 'BT', 'RL']),
      dpi: dpi === undefined ? undefined : numberOf('dpi', dpi, 1),
    });
    out(to);
  },
});
