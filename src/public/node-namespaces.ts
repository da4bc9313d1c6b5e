import { asPolicy, nameQuantizedPolicies } from '../base/dtype-policy.ts';
import { provideAtOnce } from '../base/registry/serialize.ts';
import * as coreLayers from '../layers/index.ts';
import { provideQuantizing, quantizing } from '../layers/layer/quantization.ts';
import * as coreCallbacks from '../training/callbacks/index.ts';
import * as coreCoco from './page-coco.ts';
import * as corePolicies from './page-dtype-policies.ts';
import * as coreSaving from './page-saving.ts';
import * as coreUtils from './page-utils.ts';
import * as coreVisualization from './page-visualization.ts';

/** Reads the file of a namespace, which lies beside the file that Node reads first, synchronously: `require` can load modules. */
function read(file: string): object {
  const { createRequire } = process.getBuiltinModule('node:module');
  return createRequire(import.meta.url)(`./namespace-${file}.js`);
}
const nothing: {} = Object.freeze({ __proto__: null });

/** A namespace that is read whole when it is first asked for a name that is not among those of the core. */
function later<T extends object>(file: string, names: Partial<T> = nothing): T {
  let whole: T | undefined;
  const all = (): T => (whole ??= read(file) as T);
  // Of a proxy `console.log` looks at what stands behind it.
  const behind = Object.defineProperty(Object.create(null), Symbol.for('nodejs.util.inspect.custom'), {
    value: all,
    configurable: true,
  });
  return new Proxy(behind, {
    get(_, name) {
      if (name in names) return names[name as keyof T];
      if (name === Symbol.toStringTag) return 'Module';
      // Promises and JSON ask every object for these.
      return typeof name === 'symbol' || name === 'then' || name === 'toJSON' ? undefined : all()[name as keyof T];
    },
    has: (_, name) => name in names || name in all(),
    ownKeys: () => Object.keys(all()),
    getOwnPropertyDescriptor: (_, name) =>
      Object.hasOwn(all(), name)
        ? { value: all()[name as keyof T], enumerable: true, configurable: true, writable: false }
        : undefined,
    set: () => false,
    defineProperty: () => false,
    deleteProperty: () => false,
  });
}

export const applications = later('applications');
export const callbacks = later('callbacks', coreCallbacks);
export const coco = later('coco', coreCoco);
export const data = later('data');
export const datasets = later('datasets');
export const distillation = later('distillation');
export const distribution = later('distribution');
export const dtypePolicies = later('dtypePolicies', corePolicies);
export const layers = later('layers', coreLayers);
export const preprocessing = later('preprocessing');
export const quantizers = later('quantizers');
export const saving = later('saving', coreSaving);
export const utils = later('utils', coreUtils);
export const visualization = later('visualization', coreVisualization);

// Configs name classes that only these files register, and weights may be quantized without a word of `keras.quantizers`.
provideAtOnce(() => {
  for (const file of ['layers', 'utils', 'quantizers', 'distillation']) read(file);
});
nameQuantizedPolicies((name) => {
  read('quantizers');
  return asPolicy(name);
});
provideQuantizing({
  build: (layer, shape) => {
    read('quantizers');
    return quantizing(layer).build(layer, shape);
  },
  quantizeLayer: (layer, ...rest) => {
    read('quantizers');
    quantizing(layer).quantizeLayer(layer, ...rest);
  },
  quantizeModel: (model, ...rest) => {
    read('quantizers');
    quantizing(model).quantizeModel(model, ...rest);
  },
});
