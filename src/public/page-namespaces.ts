import { fail } from '../base/errors.ts';
import * as coreLayers from '../layers/index.ts';
import * as coreSaving from './page-saving.ts';
import * as coreUtils from './page-utils.ts';
import * as coreVisualization from './page-visualization.ts';

const nothing = Object.freeze({ __proto__: null });
/** A namespace of which the core of pages has some names or none: whoever asks it for another learns in which file beside the core that is. */
const inPages = <T extends object>(
  namespace: string,
  file: string | ((name: string) => string),
  names: T = nothing as T,
  /** What to import, where it is not the name asked for. */
  asked?: string,
): T =>
  new Proxy(names, {
    get(_, name) {
      // Promises and JSON ask every object for these.
      if (typeof name === 'symbol' || name in names || name === 'then' || name === 'toJSON')
        return names[name as keyof T];
      const where = typeof file === 'string' ? file : file(name);
      return fail(
        `keras.${namespace}.${name}`,
        'it is not in the core of pages',
        `check the spelling, then import ${asked ?? `{ ${name} }`} from 'hornbeam/browser/${where}' (${where}.js beside the core)`,
      );
    },
  });

export const applications = inPages('applications', 'applications', undefined, '* as applications');
export const data = inPages('data', 'sources', undefined, '{ data }');
export const datasets = inPages('datasets', 'sources', undefined, '{ datasets }');
export const distillation = inPages('distillation', 'tools', undefined, '{ distillation }');
export const preprocessing = inPages('preprocessing', 'sources', undefined, '{ preprocessing }');
export const layers = inPages('layers', 'preprocessing', coreLayers);
export const saving = inPages('saving', 'tools', coreSaving);
export const utils = inPages(
  'utils',
  (name) => (name === 'modelToDot' ? 'tools' : name === 'FeatureSpace' ? 'preprocessing' : 'sources'),
  coreUtils,
);
export const visualization = inPages('visualization', 'tools', coreVisualization);
