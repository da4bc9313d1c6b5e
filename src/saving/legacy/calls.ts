import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Described, isDescribed, type Step, withOptions } from './described.ts';
import { isTensorFlowOp, tensorFlowCall } from './tensorflow-ops.ts';

/** A tensor of a functional model in Keras 2's notation. */
type Reference = readonly [layer: string, node: number, index: number, kwargs?: Config];
const constant = '_CONSTANT_VALUE';

const isModel = ({ class_name: name }: Described): boolean => ['Functional', 'Model', 'Sequential'].includes(name);

/** Calls of layers, which Keras 2 wrote as `[["conv2d", 0, 0, {}], …]`. */
export const upgradeCalls: Step = (object) =>
  withOptions(object, (options) => {
    const layers = options['layers'];
    if (!Array.isArray(layers) || !layers.every(isDescribed) || !('output_layers' in options)) return options;
    const named = new Map(layers.map((layer) => [nameOf(layer), layer]));
    const isOld = layers.some(
      ({ inbound_nodes: calls }) => Array.isArray(calls) && calls.some((call) => Array.isArray(call)),
    );
    if (!isOld) return { ...options, ...ends(options) };
    return {
      ...options,
      layers: layers.map((layer) => upgradeLayer(layer, named)),
      ...ends(options, named),
    };
  });
const nameOf = ({ name, config }: Described): string => String(name ?? (isPlainObject(config) ? config['name'] : ''));

/** Keras 2 uses a list even for a single one; today only calls of Functional models are counted from 1 there. */
function ends(options: Config, named?: ReadonlyMap<string, Described>): Config {
  const end = (x: unknown): unknown =>
    Array.isArray(x) && named?.get(String(x[0]))?.class_name === 'Sequential' ? [x[0], Number(x[1]) - 1, x[2]] : x;
  return Object.fromEntries(
    ['input_layers', 'output_layers'].map((key) => {
      const given = options[key];
      const isList = Array.isArray(given) && Array.isArray(given[0]);
      const list = isList ? (key === 'output_layers' ? given.map(end) : given) : given;
      return [key, isList && given.length === 1 ? (list as unknown[])[0] : list];
    }),
  );
}

function upgradeLayer(layer: Described, named: ReadonlyMap<string, Described>): Described {
  const calls = layer.inbound_nodes;
  if (!Array.isArray(calls)) return layer;
  const tensor = ([name, node, index]: Reference): unknown => ({
    class_name: '__keras_tensor__',
    config: {
      shape: null,
      dtype: 'float32',
      // Keras 2 counts the calls of a nested model from 1: the first is the call on its own inputs.
      keras_history: [name, isModel(named.get(name) ?? layer) && named.has(name) ? node - 1 : node, index],
    },
  });
  const isReference = (x: unknown): x is Reference =>
    Array.isArray(x) && x.length === 3 && named.has(x[0] as string) && typeof x[1] === 'number';
  const read = (x: unknown): unknown => {
    if (Array.isArray(x) && x[0] === constant) return x[2];
    if (isReference(x)) return tensor(x);
    if (Array.isArray(x)) return x.map(read);
    if (isPlainObject(x)) return Object.fromEntries(Object.entries(x).map(([key, value]) => [key, read(value)]));
    return x;
  };
  const converted = calls.map((call: unknown) => {
    if (!Array.isArray(call)) return call;
    const entries = (typeof call[0] === 'string' ? [call] : call) as Reference[];
    const values = entries.map((entry) => (entry[0] === (constant as string) ? entry[2] : tensor(entry)));
    const kwargs = read(entries[0]?.[3] ?? {}) as Config;
    return isTensorFlowOp(layer) ? { values, kwargs } : callOf(layer, values, kwargs);
  });
  return isTensorFlowOp(layer)
    ? tensorFlowCall(layer, converted as { values: unknown[]; kwargs: Config }[])
    : { ...layer, inbound_nodes: converted };
}

/** One call in today's form: named inputs of layers with several inputs are put in their places. */
function callOf({ class_name: name }: Described, values: readonly unknown[], kwargs: Config): unknown {
  const [first, ...rest] = values;
  if (/^(RNN|SimpleRNN|GRU|LSTM|ConvLSTM|Bidirectional)/.test(name) && rest.length > 0)
    return { args: [first], kwargs: { ...kwargs, initial_state: rest } };
  if (/MultiHeadAttention$/.test(name) && 'value' in kwargs) {
    const { value, ...others } = kwargs;
    return { args: [first, value], kwargs: others };
  }
  return { args: [values.length === 1 ? first : values], kwargs };
}
