import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { configToOptions, optionsToConfig } from '../base/field/disk.ts';
import { f, type Options, type Resolved } from '../base/field/field.ts';
import { resolveOptions } from '../base/field/resolve.ts';
import { refuseBeside } from '../base/options.ts';
import { type Config, deserializeObject, isSerializedObject, serializeObject } from '../base/registry/serialize.ts';
import type { Variable } from '../tensor/index.ts';
import { type AnyOptimizer, optimizerField } from './loss-scale-optimizer.ts';

const fields = {
  /** The optimizer of variables that no pattern matches. */
  defaultOptimizer: optimizerField,
  /** Optimizers by patterns of whole paths, such as ".*bias". */
  optimizerMap: f.custom<Readonly<Record<string, AnyOptimizer | object>>, Readonly<Record<string, AnyOptimizer>>>({
    expects: 'an object of optimizers',
    check: (v): v is Readonly<Record<string, AnyOptimizer>> =>
      typeof v === 'object' && v !== null && Object.values(v).every((x) => optimizerField.check(x)),
    parse: (v) => Object.fromEntries(Object.entries(v).map(([pattern, x]) => [pattern, optimizerField.parse(x)])),
    toDisk: serializeObject,
    initial: {},
  }),
};

/** Which optimizer trains which variable: by patterns of paths. @example new OptimizerMap({ defaultOptimizer: new SGD(), optimizerMap: { '.*bias': new Adam() } }) */
export class OptimizerMap {
  static readonly className = 'OptimizerMap';
  /** The options as resolved. */
  readonly config: Resolved<typeof fields>;

  constructor(options: Options<typeof fields>, ...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    this.config = resolveOptions(OptimizerMap.className, fields, options);
  }
  /** All optimizers, each once, the default last. */
  get optimizers(): AnyOptimizer[] {
    const { optimizerMap, defaultOptimizer } = this.config;
    return [...new Set([...Object.values(optimizerMap), defaultOptimizer])];
  }
  /** The optimizer of variables that no pattern matches. */
  get defaultOptimizer(): AnyOptimizer {
    return this.config.defaultOptimizer;
  }
  /** The optimizer of a variable. */
  of({ path }: Variable): AnyOptimizer {
    const { optimizerMap, defaultOptimizer } = this.config;
    if (Object.hasOwn(optimizerMap, path)) return optimizerMap[path];
    const matching = Object.keys(optimizerMap).filter((pattern) => new RegExp(`^(?:${pattern})$`).test(path));
    if (matching.length > 1)
      fail('OptimizerMap', `"${path}" matches ${matching.join(' and ')}`, 'let one pattern match each variable');
    return matching.length === 1 ? optimizerMap[matching[0]] : defaultOptimizer;
  }
  /** The options as a config. */
  getConfig(): Config {
    return optionsToConfig(fields, this.config);
  }
  /** A map from what `getConfig` returned. */
  static fromConfig(config: Config): OptimizerMap {
    return new OptimizerMap(configToOptions(fields, config) as Options<typeof fields>);
  }

  static {
    exactMethods(this);
  }
}

/** An option that takes an OptimizerMap or its config. */
export const optimizerMapField = f.custom<OptimizerMap | object, OptimizerMap>({
  expects: 'an OptimizerMap',
  check: (v): v is OptimizerMap | object => v instanceof OptimizerMap || isSerializedObject(v),
  parse: (v) => (v instanceof OptimizerMap ? v : (deserializeObject(v) as OptimizerMap)),
  toDisk: serializeObject,
});
