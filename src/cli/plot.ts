import { plotModel } from '../visualize/pictures.ts';
import { command } from './command.ts';
import { modelIn, modelOptions } from './model-file.ts';
import { numberOf, oneOf } from './usage.ts';

/** `hornbeam plot`: the picture that `plotModel` draws. */
export const plot = command({
  name: 'plot',
  words: ['MODEL'],
  about: 'Draws a model into a file, and prints its name.',
  options: {
    to: { type: 'string', value: 'FILE', doc: 'the picture: .png, .svg or .dot (default: model.png)' },
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
    const { to = 'model.png', rankdir = 'TB', dpi = '200' } = values;
    await plotModel(await modelIn(file, { modules: values.import }), {
      toFile: to,
      showShapes: values['show-shapes'] ?? false,
      showDtype: values['show-dtype'] ?? false,
      showLayerNames: values['show-layer-names'] ?? false,
      showLayerActivations: values['show-layer-activations'] ?? false,
      showTrainable: values['show-trainable'] ?? false,
      expandNested: values['expand-nested'] ?? false,
      expandLayers: values['expand-layers'] ?? false,
      rankdir: oneOf('rankdir', rankdir, ['TB', 'LR', 'BT', 'RL']),
      dpi: numberOf('dpi', dpi, 1),
    });
    out(to);
  },
});
