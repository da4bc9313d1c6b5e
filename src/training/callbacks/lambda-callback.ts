import { type OptionNames, optionsOf } from '../../base/options.ts';
import { Callback } from './callback.ts';

type Methods = Partial<
  Pick<
    Callback,
    'onTrainBegin' | 'onTrainEnd' | 'onEpochBegin' | 'onEpochEnd' | 'onTrainBatchBegin' | 'onTrainBatchEnd'
  >
>;
const methods: OptionNames<Methods> = {
  onTrainBegin: true,
  onTrainEnd: true,
  onEpochBegin: true,
  onEpochEnd: true,
  onTrainBatchBegin: true,
  onTrainBatchEnd: true,
};

/**
 * A callback made of functions.
 * @example new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs?.loss) })
 */
export class LambdaCallback extends Callback {
  constructor(functions: Methods) {
    super();
    Object.assign(this, optionsOf('LambdaCallback', methods, functions));
  }
}
