import { type OptionNames, optionsOf } from '../../base/options.ts';
import { Callback } from './callback.ts';

type Methods = Partial<Pick<Callback, Extract<keyof Callback, `on${string}`>>>;
const methods: OptionNames<Methods> = {
  onTrainBegin: true,
  onTrainEnd: true,
  onEpochBegin: true,
  onEpochEnd: true,
  onBatchBegin: true,
  onBatchEnd: true,
  onTrainBatchBegin: true,
  onTrainBatchEnd: true,
  onTestBegin: true,
  onTestEnd: true,
  onTestBatchBegin: true,
  onTestBatchEnd: true,
  onPredictBegin: true,
  onPredictEnd: true,
  onPredictBatchBegin: true,
  onPredictBatchEnd: true,
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
