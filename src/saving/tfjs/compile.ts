import { HornbeamError } from '../../base/errors.ts';
import { checkTrainingConfig } from '../../base/registry/check-config.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { table } from '../../base/table.ts';
import { isPlainObject } from '../../base/tree.ts';
import { compileModel, type SavedModel } from '../keras/keras-file.ts';
import { renamed } from '../legacy/described.ts';
import { upgradeTrainingConfig } from '../legacy/upgrade.ts';

/** Optimizers that tfjs calls otherwise than Keras. */
const classNames: Readonly<Record<string, string>> = table({ Momentum: 'SGD', RMSProp: 'RMSprop' });
const optionNames = {
  learningRate: 'learning_rate',
  beta1: 'beta_1',
  beta2: 'beta_2',
  useNesterov: 'nesterov',
  initialAccumulatorValue: 'initial_accumulator_value',
} as const;

/** The optimizer of a model.json of tfjs, described as Keras does. */
function asInKeras(optimizer: unknown): unknown {
  if (!isPlainObject(optimizer) || !isPlainObject(optimizer['config'])) return optimizer;
  const name = String(optimizer['class_name']);
  const names = name === 'RMSProp' ? { ...optionNames, decay: 'rho' } : optionNames;
  return { class_name: classNames[name] ?? name, config: renamed(optimizer['config'], names) };
}

/** Compiles with the settings of a model.json; those that cannot be converted cause a warning, since the model itself is intact. */
export function compileAsInTfjs(model: SavedModel, training: Config): void {
  try {
    checkTrainingConfig(training, 'trainingConfig');
    const settings = { ...training, optimizer_config: asInKeras(training['optimizer_config']) };
    compileModel(model, upgradeTrainingConfig(settings, { isOld: true }));
  } catch (error) {
    if (!(error instanceof HornbeamError)) throw error;
    console.warn(`loadModel: the model is not compiled: ${error.message.split('\n')[0]}`);
  }
}
