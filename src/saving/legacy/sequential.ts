import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Described, isDescribed, type Step, withOptions } from './described.ts';

/** Up to version 2.2.2, the config of a Sequential was the list of its layers. */
export const unlistSequential: Step = (object) =>
  object.class_name === 'Sequential' && Array.isArray(object.config)
    ? { ...object, config: { layers: object.config } }
    : object;

/** The InputLayer that a first layer with an input shape stands for. */
export function inputFor(first: unknown): { class_name: string; config: Config } | undefined {
  const found = isDescribed(first) && first.class_name !== 'InputLayer' ? expectedBy(first) : undefined;
  if (!found) return undefined;
  const counts = (first as Described).class_name === 'Embedding' ? 'int32' : undefined;
  const dtype = counts ?? (typeof found.dtype === 'string' ? found.dtype : 'float32');
  return { class_name: 'InputLayer', config: { batch_shape: found.shape, dtype, name: `${found.name}_input` } };
}

/** The input shape declared by a layer, including the batch axis; for wrappers and models, that of their contents. */
function expectedBy({ config }: Described): { shape: unknown; dtype: unknown; name: string } | undefined {
  if (Array.isArray(config)) return isDescribed(config[0]) ? expectedBy(config[0]) : undefined;
  if (!isPlainObject(config)) return undefined;
  const shape = config['batch_input_shape'] ?? config['batch_shape'];
  if (Array.isArray(shape))
    return { shape, dtype: config['input_dtype'] ?? config['dtype'], name: String(config['name'] ?? 'input') };
  const inner = config['layer'] ?? (Array.isArray(config['layers']) ? config['layers'][0] : undefined);
  return isDescribed(inner) ? expectedBy(inner) : undefined;
}

/** The first layer of a Sequential declared the input shape; today Input does. */
export const beginWithInput: Step = (object, { isOld }) =>
  isOld && object.class_name === 'Sequential'
    ? withOptions(object, (options) => {
        const layers = options['layers'];
        const first: unknown = Array.isArray(layers) ? layers[0] : undefined;
        const input = inputFor(first);
        return input ? { ...options, layers: [input, ...(layers as unknown[])] } : options;
      })
    : object;
