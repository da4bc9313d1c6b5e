import { f, type Options, type Resolved } from '../../base/field/field.ts';
import type { Config } from '../../base/registry/serialize.ts';
import { L1L2 } from '../../regularizers/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';

const fields = {
  /** Weight of the sum of absolute values. */
  l1: f.number({ initial: 0, key: 'l1' }),
  /** Weight of the sum of squares. */
  l2: f.number({ initial: 0, key: 'l2' }),
};

export interface ActivityRegularization extends Resolved<typeof fields> {}
/** Passes inputs on and adds a penalty on their size to the loss. @see https://keras.io/api/layers/regularization_layers/activity_regularization/ */
export class ActivityRegularization extends Layer<typeof fields> {
  static override readonly className = 'ActivityRegularization';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    const { l1 = 0, l2 = 0 } = options;
    super({ ...options, activityRegularizer: new L1L2({ l1, l2 }) }, ...surplus);
  }
  call(inputs: Tensor): Tensor {
    return inputs;
  }
  override getConfig(): Config {
    const { activity_regularizer: _, ...config } = super.getConfig();
    return config;
  }
}
