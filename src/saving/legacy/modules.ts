import { isPlainObject } from '../../base/tree.ts';
import { type Described, type Step } from './described.ts';

/** The family of objects under a key. */
const families: readonly (readonly [key: RegExp, module: string])[] = [
  [/^(layers?|cells?|forward_layer|backward_layer)$/, 'keras.layers'],
  [/(^|_)initializer$/, 'keras.initializers'],
  [/(^|_)regularizer$/, 'keras.regularizers'],
  [/(^|_)constraint$/, 'keras.constraints'],
  [/^learning_rate$/, 'keras.optimizers.schedules'],
  [/^(inner_)?optimizer$/, 'keras.optimizers'],
  [/^loss$/, 'keras.losses'],
  [/^(weighted_)?metrics$/, 'keras.metrics'],
];

/** An op among the layers: it has no `trainable`, and its dtype is that of its result rather than a layer's policy. */
const mayBeOp = ({ config }: Described): boolean =>
  isPlainObject(config) && !['trainable', 'layers'].some((key) => key in config) && !isPlainObject(config['dtype']);

/** Old configs and `.h5` files have no modules: the family of a class follows from its place. */
export const nameModules: Step = (given, { key }) => {
  const { module } = given;
  // TensorFlow's Keras was a package of its own.
  const object = module
    ? { ...given, module: module.replace(/^(tf_keras|tensorflow(\.python)?\.keras)(?=\.|$)/, 'keras') }
    : given;
  if (module !== undefined || (key === 'layers' && mayBeOp(object))) return object;
  const family = families.find(([pattern]) => pattern.test(key));
  return family ? { ...object, module: family[1] } : object;
};
