import type { Config } from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import { keepActivations } from './activations.ts';
import { joinBranches } from './branches.ts';
import { upgradeCalls } from './calls.ts';
import { nameClasses, unfuseRecurrence } from './class-names.ts';
import { type Described, isDescribed, type Step } from './described.ts';
import { renameKeras1Options, splitMerge } from './keras1-options.ts';
import { readLambdas } from './lambda.ts';
import {
  dropEmptyOptions,
  forgetInitializerDtype,
  keepOwnKernels,
  readRecurrence,
  renameOptions,
  simplifyValues,
} from './layer-options.ts';
import { nameModules } from './modules.ts';
import { beginWithInput, unlistSequential } from './sequential.ts';
import { numberSharedLayers } from './shared-layers.ts';
import { upgradeTraining } from './training.ts';

/** The upgrade rules, in order. An object goes through all of them before its children do. */
const steps: readonly Step[] = [
  joinBranches,
  unlistSequential,
  splitMerge,
  unfuseRecurrence,
  nameClasses,
  beginWithInput,
  renameKeras1Options,
  simplifyValues,
  renameOptions,
  keepOwnKernels,
  forgetInitializerDtype,
  readRecurrence,
  keepActivations,
  readLambdas,
  nameModules,
  upgradeCalls,
  dropEmptyOptions,
];

/**
 * Upgrades a model's config to what Keras 3 would have written, whether it comes from Keras 1 or 2, TensorFlow's Keras,
 * or an `.h5` file of Keras 3, which has no modules. A config in today's form is returned unchanged.
 */
export function upgradeModel(model: unknown, { isOld }: { readonly isOld: boolean }): Config {
  const upgrade = (x: unknown, key: string): unknown => {
    if (Array.isArray(x)) return x.map((y) => upgrade(y, key));
    if (!isPlainObject(x)) return x;
    const isObject = isDescribed(x) && !x.class_name.startsWith('__');
    const object = isObject ? steps.reduce((found: Described, step) => step(found, { key, isOld }), x) : x;
    return Object.fromEntries(
      Object.entries(object).map(([name, value]) => {
        if (name === 'compile_config' && isPlainObject(value))
          return [name, upgradeTraining(value, upgradeObject, { isOld })];
        // The calls of an object are beside its config; its options are inside.
        const isHeld = isObject && name !== 'config';
        return [name, isHeld && name !== 'inbound_nodes' ? value : upgrade(value, isObject ? '' : name)];
      }),
    );
  };
  const upgradeObject = (x: unknown, key: string): unknown => upgrade(x, key);
  return numberSharedLayers(upgrade(model, '') as Config);
}

/** The compile settings from the `training_config` of an `.h5` file, in the form used by `.keras` files. */
export const upgradeTrainingConfig = (config: Config, era: { readonly isOld: boolean }): Config =>
  upgradeTraining(config, (x, key) => (upgradeModel({ [key]: x }, era) as Config)[key], era);
