import { table } from '../../base/table.ts';
import { type Step, withOptions } from './described.ts';

/** Names under which TensorFlow's own functions appear in files. */
const newNames: Readonly<Record<string, string>> = table({
  softmax_v2: 'softmax',
  log_softmax_v2: 'log_softmax',
  leaky_relu_v2: 'leaky_relu',
});
/** The function that `hard_sigmoid` was in Keras 1 and 2: `clip(0.2 x + 0.5, 0, 1)`, not today's `relu6(x + 3) / 6`. */
export const oldHardSigmoid = {
  module: 'hornbeam.activations',
  class_name: 'function',
  config: 'keras2_hard_sigmoid',
  registered_name: 'keras2_hard_sigmoid',
} as const;

/** In old files, names mean the functions of that time. */
export const keepActivations: Step = (object, { isOld }) =>
  isOld
    ? withOptions(object, (options) =>
        Object.fromEntries(
          Object.entries(options).map(([key, value]) => {
            if (!/(^|_)activation$/.test(key) || typeof value !== 'string') return [key, value];
            return [key, value === 'hard_sigmoid' ? oldHardSigmoid : (newNames[value] ?? value)];
          }),
        ),
      )
    : object;
