import type { DType } from './dtype.ts';
import { asPolicy, DTypePolicy, dtypePolicy, type PolicyLike, policyAt, registerPolicy } from './dtype-policy.ts';
import { fail } from './errors.ts';
import { exactMethods } from './exact.ts';
import { type OptionNames, optionsOf } from './options.ts';
import { type Config, deserializeObject, serializeObject } from './registry/serialize.ts';

/** Options of `DTypePolicyMap`. */
export interface DTypePolicyMapOptions {
  /** The policy for paths that no key matches; the global policy by default. */
  readonly defaultPolicy?: PolicyLike;
  /** Policies by paths of layers, or by patterns of whole paths. */
  readonly policyMap?: Readonly<Record<string, PolicyLike>> | null;
}
const names: OptionNames<DTypePolicyMapOptions> = { defaultPolicy: true, policyMap: true };

/**
 * Policies by layer path: a layer given this map as its dtype uses the policy for its own path. A key is a path, or a
 * pattern that matches whole paths.
 * @example new keras.dtypePolicies.DTypePolicyMap({ policyMap: { 'encoder/.*': 'float16' } }).get('encoder/dense').name // 'float16'
 */
export class DTypePolicyMap extends DTypePolicy implements Iterable<[path: string, policy: DTypePolicy]> {
  static override readonly className: string = 'DTypePolicyMap';
  readonly #given: DTypePolicy | null;
  readonly #policies = new Map<string, DTypePolicy>();

  constructor(options: DTypePolicyMapOptions = {}, ...surplus: undefined[]) {
    const { defaultPolicy, policyMap } = optionsOf('DTypePolicyMap', names, options, surplus);
    const given = defaultPolicy === null || defaultPolicy === undefined ? null : asPolicy(defaultPolicy);
    super(given?.name);
    if (given instanceof DTypePolicyMap)
      fail('DTypePolicyMap', 'its default is a map itself', 'give the policy of paths that no key matches');
    this.#given = given;
    for (const [path, policy] of Object.entries(policyMap ?? {})) this.set(path, policy);
  }
  override get name(): string {
    return `map_${this.defaultPolicy.name}`;
  }
  /** The policy of paths that no key matches. */
  get defaultPolicy(): DTypePolicy {
    return this.#given ?? dtypePolicy();
  }
  override get computeDtype(): DType {
    return this.defaultPolicy.computeDtype;
  }
  override get variableDtype(): DType {
    return this.defaultPolicy.variableDtype;
  }
  override get quantizationMode(): string | null {
    return this.defaultPolicy.quantizationMode;
  }
  override [policyAt](path: string): DTypePolicy {
    return this.get(path);
  }

  /**
   * The policy for a path: the one registered for the path itself, else for the one pattern that matches, else the
   * default.
   */
  get(path: string): DTypePolicy {
    const exact = this.#policies.get(path);
    if (exact) return exact;
    const matching = [...this.#policies.keys()].filter((key) => new RegExp(`^(?:${key})$`).test(path));
    if (matching.length > 1)
      fail('DTypePolicyMap', `"${path}" matches ${matching.join(' and ')}`, 'let one pattern match each path');
    return matching.length === 1 ? this.#policies.get(matching[0])! : this.defaultPolicy;
  }
  /** Adds the policy of a path or pattern. */
  set(path: string, policy: PolicyLike): this {
    if (this.#policies.has(path))
      fail('DTypePolicyMap', `it has a policy for "${path}" already`, 'delete that one first');
    this.#policies.set(path, asPolicy(policy));
    return this;
  }
  /** Whether the map has an entry for exactly this path. */
  has(path: string): boolean {
    return this.#policies.has(path);
  }
  /** Removes the entry of exactly this path; returns whether there was one. */
  delete(path: string): boolean {
    return this.#policies.delete(path);
  }
  /** Number of entries; the policy for all other paths is not counted. */
  get size(): number {
    return this.#policies.size;
  }
  [Symbol.iterator](): Iterator<[path: string, policy: DTypePolicy]> {
    return this.#policies[Symbol.iterator]();
  }
  override toString(): string {
    const mapping = [...this].map(([path, { name }]) => `${path}: ${name}`);
    return `<DTypePolicyMap default=${this.defaultPolicy.name}, ${mapping.join(', ')}>`;
  }
  override getConfig(): Config {
    return {
      default_policy: this.#given && serializeObject(this.#given),
      policy_map: Object.fromEntries([...this].map(([path, policy]) => [path, serializeObject(policy)])),
    };
  }
  static override fromConfig({ default_policy, policy_map }: Config): DTypePolicyMap {
    return new DTypePolicyMap({
      defaultPolicy: default_policy as PolicyLike,
      policyMap: deserializeObject(policy_map) as Record<string, DTypePolicy>,
    });
  }

  static {
    exactMethods<DTypePolicyMap>(this);
  }
}
registerPolicy(DTypePolicyMap, ['keras.dtype_policies']);
