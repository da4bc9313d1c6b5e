import { fail } from '../../base/errors.ts';
import { getRegisteredObject } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Step, withOptions, without } from './described.ts';

const isCode = (x: unknown): boolean => Array.isArray(x) || (isPlainObject(x) && x['class_name'] === '__lambda__');

/** A Lambda contains either Python code, which only Python can run, or the name of a function. */
export const readLambdas: Step = (object) =>
  object.class_name === 'Lambda' && !getRegisteredObject('Lambda')
    ? withOptions(object, (options) => {
        const name = String(options['name'] ?? 'lambda');
        if (isCode(options['function'])) {
          const own = getRegisteredObject(name);
          if (typeof own === 'function') return withFunction(options, own);
          return fail(
            `Lambda "${name}"`,
            'the file holds its function as Python code, which cannot run here',
            `pass the function under the layer's name: { customObjects: { ${JSON.stringify(name)}: (x) => … } }, or a class of your own under "Lambda"; it should do what the Python code did`,
          );
        }
        const { function: named } = options;
        if (typeof named !== 'string') return options;
        return withFunction(options, {
          module: 'builtins',
          class_name: 'function',
          config: named,
          registered_name: named,
        });
      })
    : object;

const withFunction = (options: Record<string, unknown>, f: unknown): Record<string, unknown> => ({
  ...without(options, ['module', 'function_type', 'output_shape', 'output_shape_type', 'output_shape_module', 'mask']),
  function: f,
});
