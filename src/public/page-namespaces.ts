import { fail } from '../base/errors.ts';
import * as coreLayers from '../layers/index.ts';
import * as coreCallbacks from '../training/callbacks/index.ts';
import * as coreCoco from './page-coco.ts';
import * as corePolicies from './page-dtype-policies.ts';
import * as coreSaving from './page-saving.ts';
import * as coreUtils from './page-utils.ts';
import * as coreVisualization from './page-visualization.ts';

const nothing = Object.freeze({ __proto__: null });
/**
 * A namespace of which the core of pages has some names or none: asking for another name raises an error that names the file beside the core,
 * under its own name or as part of `whole`.
 */
const inPages = <T extends object>(
  namespace: string,
  file: string | ((name: string) => string),
  names: T = nothing as T,
  whole?: string,
): T =>
  new Proxy(names, {
    get(_, name) {
      // Promises and JSON ask every object for these.
      if (typeof name === 'symbol' || name in names || name === 'then' || name === 'toJSON')
        return names[name as keyof T];
      const where = typeof file === 'string' ? file : file(name);
      return where
        ? fail(
            `keras.${namespace}.${name}`,
            'it is not in the core of pages',
            `check the spelling, or import { ${whole ?? name} } from 'hornbeam/browser/${where}' (${where}.js beside the core)`,
          )
        : fail(
            `keras.${namespace}`,
            'a page has no MPI, through which processes train together',
            'train on several in Node, with mpirun',
          );
    },
  });
const elsewhere = (namespace: string, file: string): object => inPages(namespace, file, undefined, namespace);

export const applications = inPages('applications', 'applications');
export const callbacks = inPages('callbacks', 'studio', coreCallbacks);
export const coco = inPages('coco', 'tools', coreCoco, 'coco');
export const data = elsewhere('data', 'sources');
export const datasets = elsewhere('datasets', 'sources');
export const distillation = elsewhere('distillation', 'tools');
export const distribution = elsewhere('distribution', '');
export const preprocessing = elsewhere('preprocessing', 'sources');
export const dtypePolicies = inPages('dtypePolicies', 'quantization', corePolicies, 'dtypePolicies');
export const quantizers = elsewhere('quantizers', 'quantization');
export const layers = inPages('layers', 'preprocessing', coreLayers);
export const saving = inPages('saving', 'tools', coreSaving);
export const utils = inPages(
  'utils',
  (name) =>
    ['compare', 'compareScript', 'Config', 'modelToDot', 'readEvents', 'SummaryWriter'].includes(name)
      ? 'tools'
      : name === 'FeatureSpace'
        ? 'preprocessing'
        : 'sources',
  coreUtils,
);
export const visualization = inPages(
  'visualization',
  (name) => (name === 'studio' ? 'studio' : 'tools'),
  coreVisualization,
);
