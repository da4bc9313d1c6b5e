import { optionsOf } from '../../base/options.ts';
import { Callback } from './callback.ts';
import { type Moments, moments } from './moments.ts';

/**
 * A callback built from functions.
 * @example new LambdaCallback({ onEpochEnd: (epoch, logs) => console.log(epoch, logs?.loss) })
 */
export class LambdaCallback extends Callback {
  constructor(functions: Partial<Moments>, ...surplus: undefined[]) {
    super();
    Object.assign(this, optionsOf<Partial<Moments>>('LambdaCallback', moments, functions, surplus));
  }
}
