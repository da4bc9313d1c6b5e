import {
  type Config,
  isOwnFunction,
  isSerializedObject,
  type SerializedObject,
} from '../../base/registry/serialize.ts';
import { showShape } from '../../base/shape.ts';
import { type AnyLayer, Layer } from '../../layers/layer/layer.ts';
import { flattenLayers, ownVariablesOf } from '../../layers/layer/tracking.ts';
import type { Model } from '../../models/index.ts';

/** A class or function of the user's that a model contains and Python lacks. */
export interface OwnClass {
  readonly name: string;
  /** The package that it is registered under; null: by its name alone. */
  readonly package: string | null;
  readonly kind: 'layer' | 'function' | 'other';
  /** Its first config in the model's file. */
  readonly config: Config;
  /** Where it occurs: names of layers, or the compile option. */
  readonly uses: readonly string[];
  /** The weights of the first layer of the class, in order. */
  readonly weights: readonly { readonly name: string; readonly shape: string; readonly dtype: string }[];
}

const isOwn = (x: SerializedObject): boolean => {
  const { module, class_name: kind, config, registered_name: registered } = x;
  // Tensors, types and the like, which Keras writes in this form too.
  if (/^__\w+__$/.test(String(kind))) return false;
  if (String(registered ?? '').includes('>')) return true;
  return kind === 'function' ? !isOwnFunction(String(config)) : module === null || module === undefined;
};

/** What Python lacks of a model's config, in the order of occurrence. */
export function ownClassesOf(model: Model, config: Config): OwnClass[] {
  const layers = flattenLayers(model as AnyLayer);
  const found = new Map<string, OwnClass & { readonly uses: string[] }>();
  const note = (x: SerializedObject, place: string): void => {
    const isFunction = x['class_name'] === 'function';
    const registered = String(x['registered_name'] ?? '');
    const [pack, full] = registered.includes('>') ? registered.split('>', 2) : [null, undefined];
    const name = full ?? String(isFunction ? x['config'] : x['class_name']);
    const known = found.get(registered || name);
    const own = (isFunction ? {} : (x['config'] as Config)) ?? {};
    const use = String(own['name'] ?? place);
    if (known) return void (known.uses.includes(use) || known.uses.push(use));
    const layer = layers.find((l) => l instanceof Layer && l.className === x['class_name']);
    const weights = (layer ? ownVariablesOf(layer) : []).map((v) => ({
      name: v.name,
      shape: showShape(v.shape),
      dtype: v.dtype,
    }));
    const kind = isFunction ? 'function' : layer ? 'layer' : 'other';
    found.set(registered || name, { name, package: pack!, kind, config: own, uses: [use], weights });
  };
  const walk = (x: unknown, place: string): void => {
    if (typeof x !== 'object' || x === null) return;
    if (isSerializedObject(x) && isOwn(x)) note(x, place);
    for (const [key, value] of Object.entries(x)) walk(value, Array.isArray(x) ? place : key);
  };
  walk(config, 'model');
  return [...found.values()];
}

const common = new Set(['name', 'trainable', 'dtype']);
const optionsOf = ({ config }: OwnClass): string[] => Object.keys(config).filter((key) => !common.has(key));
const python = (value: unknown): string =>
  JSON.stringify(value)
    .replace(/\btrue\b/g, 'True')
    .replace(/\bfalse\b/g, 'False')
    .replace(/\bnull\b/g, 'None');

/** `custom_objects.py`: a class for each, whose bodies the user must write. */
export const stubsFor = (classes: readonly OwnClass[]): string =>
  [
    '"""What model.keras has beside the classes of Keras, to be written for Python: see each "Write".',
    '',
    'Weights are found by their order: make them in the order in which they are listed."""',
    '',
    'import keras',
    ...(classes.some((c) => c.package === null)
      ? [
          '',
          '',
          'def known(own):',
          '    """Makes a class or function known by its name alone, as it was not registered in TypeScript."""',
          '    keras.saving.get_custom_objects()[own.__name__] = own',
          '    return own',
        ]
      : []),
    ...classes.map((c) => `\n\n${stubOf(c)}`),
    '',
  ].join('\n');

function stubOf(c: OwnClass): string {
  const used = c.uses.join(', ');
  const registered =
    c.package === null ? 'known' : `keras.saving.register_keras_serializable(package="${c.package}", name="${c.name}")`;
  const head = `@${registered}`;
  const todo = `raise NotImplementedError("Write ${c.name} as it is in TypeScript: custom_objects.py")`;
  if (c.kind === 'function') return `${head}\ndef ${c.name}(*args):  # ${used}\n    ${todo}`;
  const options = optionsOf(c);
  const keep = options.map((name) => `        self.${name} = ${name}`);
  const given = options.map((name) => `, ${name}=${python(c.config[name])}`).join('');
  const made = options.map((name) => `, "${name}": self.${name}`).join('');
  const base = c.kind === 'layer' ? '(keras.layers.Layer)' : '';
  const weights = c.weights.map(
    ({ name, shape, dtype }) => `        # ${name}: shape ${shape} of ${used.split(', ')[0]}, ${dtype}`,
  );
  const build = [
    '    def build(self, input_shape):',
    ...weights,
    `        ${c.weights.length > 0 ? `raise NotImplementedError("Write the weights of ${c.name}: custom_objects.py")` : 'super().build(input_shape)'}`,
  ];
  if (c.kind !== 'layer')
    return [
      head,
      `class ${c.name}:  # ${used}; Write the class of Keras that it extends`,
      `    def __init__(self${given}, **kwargs):`,
      `        ${todo}`,
      '',
      '    def get_config(self):',
      `        return {${options.map((name) => `"${name}": self.${name}`).join(', ')}}`,
    ].join('\n');
  return [
    head,
    `class ${c.name}${base}:  # ${used}`,
    `    def __init__(self${given}, **kwargs):`,
    '        super().__init__(**kwargs)',
    ...keep,
    '',
    ...build,
    '',
    '    def call(self, inputs):',
    `        ${todo}`,
    '',
    '    def get_config(self):',
    `        return {**super().get_config()${made}}`,
  ].join('\n');
}
