import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { type Described, isDescribed, renamed, without } from './described.ts';

type Upgrade = (x: unknown, key: string) => unknown;

/** Implementation options of optimizers. */
const leftOut = ['decay', 'jit_compile', 'is_legacy_optimizer', 'schedule_decay'];
/** Options common to all Keras 3 optimizers. */
const newNames = { lr: 'learning_rate' };

/** An optimizer of Keras 2; its `decay` was a schedule. */
function upgradeOptimizer(x: unknown): unknown {
  if (!isDescribed(x) || !isPlainObject(x.config)) return x;
  const { config } = x;
  const options = renamed(config, newNames);
  const decay = config['decay'];
  const rate = options['learning_rate'];
  const learning_rate =
    typeof decay === 'number' && decay > 0 && typeof rate === 'number'
      ? {
          module: 'keras.optimizers.schedules',
          class_name: 'InverseTimeDecay',
          config: { initial_learning_rate: rate, decay_steps: 1, decay_rate: decay },
          registered_name: null,
        }
      : rate;
  const isNull = (key: string): boolean => options[key] === null && ['epsilon', 'clipnorm', 'clipvalue'].includes(key);
  const rest = Object.fromEntries(Object.entries(without(options, leftOut)).filter(([key]) => !isNull(key)));
  return { ...x, config: { ...rest, ...(learning_rate !== undefined && { learning_rate }) } };
}

/** Metrics that wrap a function which has a class of its own today: `MeanMetricWrapper` of "categorical_accuracy". */
function upgradeMetric(x: unknown): unknown {
  if (!isDescribed(x) || !isPlainObject(x.config)) return x;
  const { fn, ...config } = x.config as Config & { fn?: unknown };
  if (x.class_name === 'MeanMetricWrapper' && typeof fn === 'string') return fn;
  return x.class_name === 'MeanMetricWrapper' ? x : { ...x, config };
}

/** Losses: the reduction `auto` was the mean over the batch, and classes repeated their function. */
function upgradeLoss(x: unknown): unknown {
  if (!isDescribed(x) || !isPlainObject(x.config)) return x;
  const { fn, ...config } = x.config as Config & { fn?: unknown };
  const reduction = config['reduction'] === 'auto' ? 'sum_over_batch_size' : config['reduction'];
  const isWrapper = x.class_name === 'LossFunctionWrapper';
  return { ...x, config: { ...config, ...(isWrapper && { fn }), ...(reduction !== undefined && { reduction }) } };
}
const each = (x: unknown, change: (object: unknown) => unknown): unknown => {
  if (Array.isArray(x)) return x.map((y) => each(y, change));
  if (isPlainObject(x) && !isDescribed(x))
    return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, each(v, change)]));
  return change(x);
};
/** Old files list metrics per output, even for a single output. */
const ofOnlyOutput = (x: unknown): unknown => (Array.isArray(x) && x.length === 1 && Array.isArray(x[0]) ? x[0] : x);
/** A description without a module (as for custom classes) is resolved by the family of its place. */
const asObject = (x: unknown): Described | unknown => (isDescribed(x) ? { registered_name: null, ...x } : x);

/** The compile settings as Keras 3 writes them. */
export function upgradeTraining(given: Config, upgrade: Upgrade, { isOld }: { readonly isOld: boolean }): Config {
  const { optimizer_config, ...rest } = given;
  const optimizer = optimizer_config ?? given['optimizer'];
  if (Object.keys(given).length === 0) return given;
  const part = (key: string, change: (object: unknown) => unknown): unknown =>
    upgrade(
      each(rest[key] ?? null, (x) => asObject(isOld ? change(x) : x)),
      key,
    );
  return {
    ...without(rest, ['sample_weight_mode']),
    optimizer: upgrade(asObject(isOld ? upgradeOptimizer(optimizer) : optimizer), 'optimizer'),
    loss: part('loss', upgradeLoss),
    loss_weights: rest['loss_weights'] ?? null,
    metrics: isOld ? ofOnlyOutput(part('metrics', upgradeMetric)) : part('metrics', upgradeMetric),
    weighted_metrics: isOld
      ? ofOnlyOutput(part('weighted_metrics', upgradeMetric))
      : part('weighted_metrics', upgradeMetric),
  };
}
