import type { Config } from '../base/serialize.ts';

const isPlain = (x: unknown): x is Config => typeof x === 'object' && x !== null && !Array.isArray(x);

/** Options that Keras 2 wrote and nobody reads any more. */
const dropped = ['batch_input_shape', 'input_length', 'time_major', 'implementation', 'decay'];

/** One recorded call as Keras 2 wrote it (`[["conv2d", 0, 0, {}], ...]`) in the form of Keras 3. */
function upgradeCall(call: unknown, models: ReadonlySet<string>): unknown {
  if (!Array.isArray(call)) return upgradeConfig(call);
  const entries = (typeof call[0] === 'string' ? [call] : call) as [string, number, number, Config?][];
  const tensors = entries.map(([name, node, index]) => ({
    class_name: '__keras_tensor__',
    config: { shape: null, dtype: 'float32', keras_history: [name, models.has(name) ? node - 1 : node, index] },
  }));
  return { args: [tensors.length === 1 ? tensors[0] : tensors], kwargs: entries[0]?.[3] ?? {} };
}

/** A config of Keras 2 (TensorFlow 2.9 and its like) in the form of Keras 3; one of Keras 3 stays as it is. */
export function upgradeConfig(x: unknown): unknown {
  if (Array.isArray(x)) return x.map(upgradeConfig);
  if (!isPlain(x)) return x;
  const { class_name, config } = x as { class_name?: unknown; config?: unknown };
  const entries = Object.entries(x).map(([key, value]): [string, unknown] => {
    if (key === 'config' && typeof class_name === 'string' && isPlain(config))
      return [key, upgradeOptions(class_name, upgradeConfig(config) as Config)];
    return [key, upgradeConfig(value)];
  });
  const upgraded = Object.fromEntries(entries);
  // A registered class stands with its package: "package>Name".
  if (typeof class_name === 'string' && class_name.includes('>'))
    return { ...upgraded, class_name: class_name.split('>')[1], registered_name: class_name };
  return class_name === 'Policy' ? { ...upgraded, class_name: 'DTypePolicy' } : upgraded;
}

function upgradeOptions(className: string, config: Config): Config {
  const options = { ...config };
  if (className === 'InputLayer' && 'batch_input_shape' in options)
    options['batch_shape'] = options['batch_input_shape'];
  if (className === 'LeakyReLU' && 'alpha' in options) {
    options['negative_slope'] = options['alpha'];
    delete options['alpha'];
  }
  const { axis } = options;
  if (className === 'BatchNormalization' && Array.isArray(axis) && axis.length === 1) options['axis'] = axis[0];
  if (className.startsWith('Depthwise') || className.startsWith('Separable')) {
    delete options['groups'];
    for (const key of ['initializer', 'regularizer', 'constraint']) delete options[`kernel_${key}`];
  }
  if (Array.isArray(options['layers'])) upgradeCalls(options);
  for (const key of dropped) delete options[key];
  // Keras 2 lists one end, too.
  for (const key of ['input_layers', 'output_layers']) {
    const ends = options[key];
    if (Array.isArray(ends) && ends.length === 1 && Array.isArray(ends[0])) [options[key]] = ends;
  }
  return options;
}

/** Calls in a functional model. Keras 2 counts those of a model within it from 1: the first is the one on its own inputs. */
function upgradeCalls(options: Config): void {
  const layers = options['layers'] as Config[];
  const isModel = ({ class_name }: Config): boolean =>
    ['Functional', 'Model', 'Sequential'].includes(String(class_name));
  const models = new Set(layers.filter(isModel).map(({ name }) => String(name)));
  const stacks = new Set(layers.filter((l) => l['class_name'] === 'Sequential').map(({ name }) => String(name)));
  let isOld = false;
  options['layers'] = layers.map((layer) => {
    const calls = layer['inbound_nodes'];
    if (!Array.isArray(calls)) return layer;
    isOld ||= calls.some((call) => Array.isArray(call));
    return { ...layer, inbound_nodes: calls.map((call) => upgradeCall(call, models)) };
  });
  // Keras 3 counts so too where outputs are listed, but for Functional models only.
  if (isOld && Array.isArray(options['output_layers']))
    options['output_layers'] = (options['output_layers'] as unknown[]).map((end) =>
      Array.isArray(end) && stacks.has(String(end[0])) ? [end[0], (end[1] as number) - 1, end[2]] : end,
    );
}
