import { fail } from '../../base/errors.ts';
import { diskKeys } from '../../base/field/disk.ts';
import { type Fields } from '../../base/field/field.ts';
import { type Config, getRegisteredObject, lookUpClass } from '../../base/registry/serialize.ts';
import { table } from '../../base/table.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Described, isDescribed, renamed, type Step, withOptions, without } from './described.ts';
import { describeByName } from './keras1-options.ts';

/** Options that were renamed within a class. */
const newNames: Readonly<Record<string, Readonly<Record<string, string>>>> = table({
  InputLayer: table({ batch_input_shape: 'batch_shape' }),
  LeakyReLU: table({ alpha: 'negative_slope' }),
  CategoryEncoding: table({ max_tokens: 'num_tokens' }),
});
/** Options about the implementation, or that are redundant today. */
const leftOut: Readonly<Record<string, readonly string[]>> = table({
  '': ['batch_input_shape', 'input_dtype', 'input_length', 'decay'],
  BatchNormalization: ['fused', 'virtual_batch_size', 'adjustment'],
  MultiHeadAttention: ['query_shape', 'key_shape', 'value_shape'],
});

/** Keras 2 layers whose options were renamed or removed. */
export const renameOptions: Step = (object, { isOld }) =>
  isOld
    ? withOptions(object, (given) => {
        const { class_name: name } = object;
        const options = renamed(given, newNames[name] ?? {});
        return without(options, [
          ...(name === 'InputLayer' ? [] : leftOut['']),
          ...(Object.hasOwn(leftOut, name) ? leftOut[name] : []),
        ]);
      })
    : object;

/** NumPy values: `{ type: "ndarray", value }`. */
const bare = (x: unknown): unknown => (isPlainObject(x) && x['type'] === 'ndarray' && 'value' in x ? x['value'] : x);

/** Values in the form that options have today. */
export const simplifyValues: Step = (object, { isOld }) =>
  isOld
    ? withOptions(object, (options) =>
        Object.fromEntries(
          Object.entries(options).map(([key, given]) => {
            const value = bare(given);
            if (key === 'axis' && Array.isArray(value) && value.length === 1 && object.class_name !== 'Normalization')
              return [key, value[0]];
            if (key === 'dtype') return [key, policyOf(value)];
            return [key, /regularizer$|constraint$/.test(key) ? describeByName(value) : value];
          }),
        ),
      )
    : object;

/** A policy without its loss-scale setting; an inferred policy counts as none. */
function policyOf(x: unknown): unknown {
  if (!isDescribed(x) || !isPlainObject(x.config)) return x;
  const name = x.config['name'];
  return typeof name === 'string' && name.startsWith('infer') ? null : { ...x, config: { name } };
}

/** Initializers had a dtype; today it is that of the weight. */
export const forgetInitializerDtype: Step = (object, { key, isOld }) =>
  isOld && /initializer$/.test(key)
    ? withOptions(object, (options) => {
        const rest = without(options, ['dtype']);
        return rest['distribution'] === 'normal' ? { ...rest, distribution: 'truncated_normal' } : rest;
      })
    : object;

/** Recurrent layers: GRU once lacked `reset_after`, and the time axis could come first. */
export const readRecurrence: Step = (object, { isOld }) =>
  isOld && /^(RNN|SimpleRNN|GRU|LSTM)/.test(object.class_name)
    ? withOptions(object, ({ time_major, implementation: _, ...options }) => {
        if (time_major)
          fail(
            `${object.class_name} "${String(options['name'])}"`,
            'its file says time_major: time is the first axis, which Keras 3 has not',
            'save the model with time_major=False, and swap the first two axes of its inputs',
          );
        return /^GRU/.test(object.class_name) ? { reset_after: false, ...options } : options;
      })
    : object;

const asksForNothing = (key: string, value: unknown): boolean =>
  value === null ||
  value === false ||
  (key === 'groups' && value === 1) ||
  (value === 0 && ['dropout', 'mode'].includes(key));
/** Removed options with values that have no effect: null, false, one group, Keras 1's dropout of 0 and mode 0. */
export const dropEmptyOptions: Step = (object, { isOld }) => {
  const known = isOld ? fieldsOf(object) : undefined;
  return known
    ? withOptions(object, (options) =>
        Object.fromEntries(Object.entries(options).filter(([k, v]) => known.has(k) || !asksForNothing(k, v))),
      )
    : object;
};
const common = ['name', 'trainable', 'dtype', 'activity_regularizer', 'batch_shape'];
function fieldsOf(object: Described): ReadonlySet<string> | undefined {
  if (getRegisteredObject(object.registered_name ?? object.class_name)) return undefined;
  const found = lookUpClass({ module: null, registered_name: null, ...object });
  const { fields } = (found ?? {}) as { fields?: Fields };
  if (!fields || Object.keys(fields).length === 0) return undefined;
  return new Set([...common, ...diskKeys(fields)]);
}

/** Options of a single kernel that were written twice: these classes have two kernels, or one under another name. */
export const keepOwnKernels: Step = (object, { isOld }) =>
  isOld && /^(Depthwise|Separable)Conv/.test(object.class_name)
    ? withOptions(object, (options: Config) => {
        const extra = object.class_name.startsWith('Depthwise') ? ['filters', 'groups'] : ['groups'];
        return without(options, [...extra, 'kernel_initializer', 'kernel_regularizer', 'kernel_constraint']);
      })
    : object;
