import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Described, isDescribed } from '../legacy/described.ts';
import {
  neutral,
  type TfjsLayer,
  tfjsActivations,
  tfjsConstraints,
  tfjsInitializers,
  tfjsLayers,
  unneeded,
} from './layers-of-tfjs.ts';

/** What is found out on the way. */
export interface Findings {
  /** What tfjs cannot have. */
  readonly problems: string[];
  /** Whether a layer of the model masks steps. */
  readonly hasMasks: boolean;
}
const isModel = (name: string): boolean => ['Functional', 'Sequential'].includes(name);

/** Pooling of all there is that keeps its axes, which tfjs does not have, as pooling with a window of that size. */
function plainPooling(layer: Described): Described {
  const [, kind, rank] = /^Global(Average|Max)Pooling([12])D$/.exec(layer.class_name) ?? [];
  const config = layer.config as Config;
  if (!kind || config['keepdims'] !== true || !Array.isArray(layer.inbound_nodes)) return layer;
  const inputs = (layer.inbound_nodes as Call[]).map(({ args: [x] }) => (isDescribed(x) ? (x.config as Config) : {}));
  const first = config['data_format'] === 'channels_first' ? 2 : 1;
  const sizes = inputs.map(({ shape }) => (shape as (number | null)[] | undefined)?.slice(first, first + Number(rank)));
  const [size] = sizes;
  if (!size?.every((n) => n !== null) || sizes.some((other) => String(other) !== String(size))) return layer;
  const { keepdims: _, ...kept } = config;
  const pool_size = rank === '1' ? size[0] : size;
  return {
    ...layer,
    class_name: `${kind}Pooling${rank}D`,
    config: { ...kept, pool_size, strides: pool_size, padding: 'valid' },
  };
}

/** The config of a functional or Sequential model in the notation of Keras 2 that tfjs reads; what it cannot have goes to `findings`. */
export function toTfjsConfig({ class_name: name, config }: Described, findings: Findings): Config {
  const own = config as Config;
  const graph = (own['layers'] as Described[]).map(plainPooling);
  const layers = graph.map((layer) => layerOf(layer, findings));
  if (name === 'Sequential') {
    const first = layers[0]?.['class_name'];
    const shape = own['build_input_shape'];
    // Where it was built by its data, its input has no layer.
    const input =
      first === 'InputLayer' || !Array.isArray(shape)
        ? []
        : [inputLayer({ name: `${String(own['name'])}_input`, batch_shape: shape }, findings)];
    return { class_name: name, config: { name: own['name'], layers: [...input, ...layers] } };
  }
  const models = new Map(graph.map((layer) => [nameOf(layer), layer.class_name]));
  const called = graph.map((layer, k) => ({
    ...layers[k],
    inbound_nodes: (layer.inbound_nodes as Call[]).map((call) => callOf(layer, call, models, findings)),
  }));
  const ends = (key: string): Reference[] =>
    referencesIn(own[key]).map(([of, node, index]) => [of, models.get(of) === 'Sequential' ? node + 1 : node, index]);
  return {
    class_name: 'Functional',
    config: {
      name: own['name'],
      layers: called,
      input_layers: ends('input_layers'),
      output_layers: ends('output_layers'),
    },
  };
}

type Reference = readonly [layer: string, node: number, index: number];
interface Call {
  readonly args: readonly unknown[];
  readonly kwargs: Config;
}
const nameOf = ({ name, config }: Described): string => String(name ?? (config as Config)['name']);

/** `[name, node, index]` anywhere in a nest of lists and objects. */
const isReference = (x: unknown): x is Reference =>
  Array.isArray(x) && x.length === 3 && typeof x[0] === 'string' && typeof x[1] === 'number';
function referencesIn(x: unknown): Reference[] {
  if (isReference(x)) return [x];
  return Object.values((x ?? {}) as object).flatMap(referencesIn);
}

/** A call as the list of its tensors. Keras 2 counts the calls of nested models from 1. */
function callOf(
  layer: Described,
  { args, kwargs }: Call,
  models: ReadonlyMap<string, string>,
  findings: Findings,
): unknown {
  const rest = [...args.slice(1), ...Object.entries(kwargs).flatMap(([key, x]) => (key === 'training' ? [] : [x]))];
  if (rest.some((x) => x !== null && x !== undefined))
    findings.problems.push(`${who(layer)}: its calls have more arguments than one`);
  const [inputs] = args;
  const tensors = Array.isArray(inputs) ? inputs : [inputs];
  return tensors.map((tensor: unknown) => {
    const history = isDescribed(tensor) && tensor.class_name === '__keras_tensor__' && tensor.config;
    if (!isPlainObject(history)) {
      findings.problems.push(`${who(layer)}: it is called on a nest of tensors, or on constants`);
      return ['', 0, 0, {}];
    }
    const [of, node, index] = history['keras_history'] as Reference;
    return [of, isModel(models.get(of) ?? '') ? node + 1 : node, index, {}];
  });
}
const who = (layer: Described): string => `${layer.class_name} "${nameOf(layer)}"`;

function layerOf(layer: Described, findings: Findings): Config {
  const { class_name: name } = layer;
  if (isModel(name)) return { name: nameOf(layer), ...toTfjsConfig(layer, findings) };
  if (name === 'InputLayer') return inputLayer(layer.config as Config, findings);
  const known = tfjsLayers[name];
  const isOwn = layer.module === undefined || layer.module === null || layer.module === 'keras.layers';
  if (!known || !isOwn) {
    findings.problems.push(`${who(layer)}: tfjs has no such layer`);
    return { class_name: name, name: nameOf(layer), config: {} };
  }
  return { class_name: name, name: nameOf(layer), config: optionsOf(layer, known, findings) };
}

function inputLayer(config: Config, findings: Findings): Config {
  const dtype = String(config['dtype'] ?? 'float32');
  if (dtype === 'string')
    findings.problems.push(`InputLayer "${String(config['name'])}": tfjs has no strings in models`);
  const kept = /^u?int/.test(dtype) ? 'int32' : dtype === 'bool' ? 'bool' : 'float32';
  const { name, batch_shape: shape } = config;
  return { class_name: 'InputLayer', name, config: { batch_input_shape: shape, dtype: kept, sparse: false, name } };
}

/** The options of a layer that tfjs has too. */
function optionsOf(layer: Described, { takes, renamed = {}, only = {} }: TfjsLayer, findings: Findings): Config {
  const given = layer.config as Config;
  const options: Config = { name: nameOf(layer), trainable: given['trainable'] ?? true };
  const refuse = (key: string, value: unknown): void =>
    void findings.problems.push(`${who(layer)}: tfjs cannot have ${key} = ${JSON.stringify(value)?.slice(0, 80)}`);
  if (isPlainObject(given['dtype']) && /Quantized/.test(String(given['dtype']['class_name'])))
    findings.problems.push(`${who(layer)}: its weights are quantized`);
  for (const [key, value] of Object.entries(given)) {
    if (['name', 'trainable'].includes(key) || unneeded.includes(key)) continue;
    const to = renamed[key] ?? key;
    if (key in only && !only[key].includes(value)) refuse(key, value);
    else if (key === 'backward_layer' && isMirrored(given['layer'], value)) continue;
    else if (takes.includes(key) || to !== key) options[to] = valueOf(layer, key, value, findings, refuse);
    else if (key === 'zero_output_for_mask' && !findings.hasMasks) continue;
    else if (!(key in only) && !isNeutral(key, value)) refuse(key, value);
  }
  return options;
}
const isNeutral = (key: string, value: unknown): boolean =>
  value === null ||
  value === false ||
  (Array.isArray(value) ? value : [value]).every((x) => neutral[key]?.includes(x) ?? false);

/** The value of an option in the notation of Keras 2. */
function valueOf(
  layer: Described,
  key: string,
  value: unknown,
  findings: Findings,
  refuse: (key: string, value: unknown) => void,
): unknown {
  if (/activation$/.test(key)) {
    const name = isPlainObject(value) ? String(value['registered_name'] ?? value['config']) : String(value);
    return tfjsActivations[name] ?? void refuse(key, isPlainObject(value) ? name : value);
  }
  if (['layer', 'cell', 'cells'].includes(key)) {
    const within = (x: Described): Config => {
      const found = layerOf(layer.class_name === 'Bidirectional' ? forward(x) : x, findings);
      return { class_name: found['class_name'], config: found['config'] };
    };
    return Array.isArray(value) ? value.map(within) : within(value as Described);
  }
  if (!isDescribed(value)) return value;
  const { class_name: name } = value;
  const config = (value.config ?? {}) as Config;
  if (/initializer$/.test(key)) return initializer(name, config);
  if (/regularizer$/.test(key) && ['L1', 'L2', 'L1L2'].includes(name))
    return { class_name: 'L1L2', config: { l1: config['l1'] ?? 0, l2: config['l2'] ?? 0 } };
  if (/constraint$/.test(key) && tfjsConstraints[name])
    return { class_name: name, config: picked(config, tfjsConstraints[name]) };
  return refuse(key, name);
}
const picked = (config: Config, keys: readonly string[]): Config =>
  Object.fromEntries(keys.filter((key) => key in config).map((key) => [key, config[key]]));

/** An initializer; one that tfjs does not have is left out, since the file has the weights. */
function initializer(name: string, config: Config): unknown {
  const scaling = (options: Config, distribution: string): Config => ({
    class_name: 'VarianceScaling',
    config: { ...options, distribution },
  });
  // tfjs spells these otherwise than Keras.
  if (name.startsWith('Lecun'))
    return scaling({ scale: 1, mode: 'fan_in' }, name === 'LecunNormal' ? 'normal' : 'uniform');
  if (name === 'VarianceScaling')
    return scaling(picked(config, ['scale', 'mode']), config['distribution'] === 'uniform' ? 'uniform' : 'normal');
  const keys = tfjsInitializers[name];
  return keys && { class_name: name, config: picked(config, keys) };
}

/** Whether the layer that runs backwards is as the other: tfjs makes it of that one. */
function isMirrored(there: unknown, back: unknown): boolean {
  const text = (layer: unknown, flips: boolean): string =>
    JSON.stringify(layer, (key, value: unknown) =>
      ['name', 'shared_object_id', 'seed', 'build_config'].includes(key)
        ? undefined
        : key === 'go_backwards' && flips
          ? !value
          : value,
    );
  return text(there, true) === text(back, false);
}

/** The layer of a Bidirectional under its own name: tfjs names both directions after it. */
function forward(layer: Described): Described {
  const config = layer.config as Config;
  return { ...layer, config: { ...config, name: String(config['name']).replace(/^forward_/, '') } };
}
