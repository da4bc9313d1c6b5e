import { type Field, f, type Resolved } from '../../base/field/field.ts';
import {
  type Config,
  deserializeObject,
  getRegisteredName,
  isSerializedObject,
  serializeObject,
} from '../../base/registry/serialize.ts';
import { isPlainObject } from '../../base/tree.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';

type Body = (inputs: any, options?: Record<string, unknown>) => Tensor;
const bodyField: Field<Body | Config, Body, true> = f.custom<Body | Config, Body>({
  expects: 'a function of the inputs',
  check: (v): v is Body | Config => typeof v === 'function' || isSerializedObject(v),
  parse: (v) => (typeof v === 'function' ? v : (deserializeObject(v) as Body)),
  toDisk: serializeObject,
});
const fields = {
  /**
   * What it computes. A file contains only its name: to read it again, register it with saving.registerKerasSerializable, or
   * pass it in `customObjects`, by its name; a function without a name has that of the layer.
   */
  function: bodyField,
  /** Additional arguments: the second argument of the function. */
  arguments: f.custom<Config, Config>({ expects: 'an object', check: isPlainObject, parse: (v) => v, initial: {} }),
};

export interface Lambda extends Resolved<typeof fields> {}
/** A function as a layer. @example new Lambda({ function: (x) => x.mul(2) })(x) @see https://keras.io/api/layers/core_layers/lambda/ */
export class Lambda extends Layer<typeof fields, [inputs: any]> {
  static override readonly className = 'Lambda';
  static override readonly fields = fields;
  static override readonly needsBuild = false;
  override supportsMasking = true;

  call(inputs: any): Tensor {
    const { arguments: options } = this;
    return Object.keys(options).length > 0 ? this.function(inputs, options) : this.function(inputs);
  }
  override getConfig(): Config {
    const config = super.getConfig();
    const name = getRegisteredName(this.function);
    // JavaScript calls what is written in place after the option: the layer's name tells one from another.
    if (name !== '' && name !== 'function') return config;
    return {
      ...config,
      function: { ...(config['function'] as Config), config: this.name, registered_name: this.name },
    };
  }
  override computeMask(): null {
    return null;
  }
}
