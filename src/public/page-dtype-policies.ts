import { asPolicy, type DTypePolicy, type PolicyLike } from '../base/dtype-policy.ts';
import { exact } from '../base/exact.ts';
import { type Config, serializeObject } from '../base/registry/serialize.ts';

export { DTypePolicy, FloatDTypePolicy, type PolicyLike } from '../base/dtype-policy.ts';
export { DTypePolicyMap, type DTypePolicyMapOptions } from '../base/dtype-policy-map.ts';

/**
 * A policy from its name, its config or itself; the global one for null.
 * @example keras.dtypePolicies.get('mixed_float16').computeDtype // 'float16'
 */
export const get = exact('dtypePolicies.get', 1, (identifier: PolicyLike): DTypePolicy => asPolicy(identifier));
/**
 * A policy as files hold it.
 * @example keras.dtypePolicies.serialize(keras.dtypePolicies.get('float32')).class_name // 'DTypePolicy'
 */
export const serialize = exact(
  'dtypePolicies.serialize',
  1,
  (policy: DTypePolicy): Config => serializeObject(policy) as Config,
);
/** The policy of what `serialize` gave. */
export const deserialize = exact('dtypePolicies.deserialize', 1, (config: Config): DTypePolicy => asPolicy(config));
