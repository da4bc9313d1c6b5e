import { fail } from '../base/errors.ts';

/** Stands in the core of pages for a namespace that is in a file beside it: whoever asks it for a name learns where that is. */
const beside = (namespace: string, file: string, names = `{ ${namespace} }`): object =>
  new Proxy(Object.freeze({ __proto__: null }), {
    get: (_, name) =>
      typeof name === 'symbol'
        ? undefined
        : fail(
            `keras.${namespace}.${name}`,
            'it is not in the core of pages',
            `import ${names} from 'hornbeam/browser/${file}' (${file}.js beside the core)`,
          ),
  });

export const applications = beside('applications', 'applications', '* as applications');
export const data = beside('data', 'sources');
export const datasets = beside('datasets', 'sources');
export const distillation = beside('distillation', 'tools');
export const preprocessing = beside('preprocessing', 'sources');
