import { Callback } from './callback.ts';

type Methods = Partial<
  Pick<
    Callback,
    'onTrainBegin' | 'onTrainEnd' | 'onEpochBegin' | 'onEpochEnd' | 'onTrainBatchBegin' | 'onTrainBatchEnd'
  >
>;

/**
 * A callback made of functions.
 * @example new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs?.loss) })
 */
export class LambdaCallback extends Callback {
  constructor(functions: Methods) {
    super();
    Object.assign(this, functions);
  }
}
