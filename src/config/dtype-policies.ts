import { asPolicy, type DTypePolicy, type PolicyLike } from '../base/dtype-policy.ts';
import { type Config, serializeObject } from '../base/serialize.ts';

export { DTypePolicy, FloatDTypePolicy, type PolicyLike } from '../base/dtype-policy.ts';

/**
 * A policy from its name, its config or itself; the global one for null.
 * @example keras.dtypePolicies.get('mixed_float16').computeDtype // 'float16'
 */
export const get = (identifier: PolicyLike): DTypePolicy => asPolicy(identifier);
/**
 * A policy as files hold it.
 * @example keras.dtypePolicies.serialize(keras.dtypePolicies.get('float32')).class_name // 'DTypePolicy'
 */
export const serialize = (policy: DTypePolicy): Config => serializeObject(policy) as Config;
/** The policy of what `serialize` gave. */
export const deserialize = (config: Config): DTypePolicy => asPolicy(config);
