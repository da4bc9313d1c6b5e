import { fail } from '../../base/errors.ts';
import { type Field, f, type Resolved } from '../../base/field/field.ts';
import { showShape } from '../../base/shape.ts';
import { add, cast, exp, logsumexp, multiply, softmax, subtract } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

type Axes = number | readonly number[];
const axes: Field<Axes, Axes, false> = f.custom<Axes, Axes>({
  expects: 'an integer or an array of integers',
  check: (v): v is Axes => (Array.isArray(v) ? v.every(Number.isInteger) : Number.isInteger(v)),
  parse: (v) => v,
  initial: -1,
});
const fields = {
  /** Axis, or axes together, over which the outputs sum to 1. */
  axis: axes,
};

export interface Softmax extends Resolved<typeof fields> {}
/**
 * `exp(x) / sum(exp(x))` along an axis; 0 where `mask` is false.
 * @see https://keras.io/api/layers/activation_layers/softmax/
 */
export class Softmax extends Layer<typeof fields> {
  static override readonly className = 'Softmax';
  static override readonly fields = fields;
  static override readonly takesMask = true;
  static override readonly needsBuild = false;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;

  call(inputs: Tensor, { mask }: CallOptions = {}): Tensor {
    const { axis } = this;
    if (!mask) return Array.isArray(axis) && axis.length > 1 ? this.#overAxes(inputs) : softmax(inputs, { axis });
    const { shape } = inputs;
    const fits = mask.shape.every((n, k) => {
      const size = shape[shape.length - mask.shape.length + k];
      return n === 1 || n === size || n === null || size === null;
    });
    if (mask.shape.length > shape.length || !fits)
      fail(
        this,
        `the mask of shape ${showShape(mask.shape)} does not broadcast to inputs of shape ${showShape(shape)}`,
        'give a mask of the same shape (ops.expandDims(mask, -1) for one of steps); where it came with a masked sequence, pass `mask: null`',
      );
    const hidden = multiply(subtract(1, cast(mask, inputs.dtype)), largeNegative(inputs));
    const logits = add(inputs, hidden);
    const out = Array.isArray(axis) && axis.length > 1 ? this.#overAxes(logits) : softmax(logits, { axis });
    return multiply(out, cast(mask, inputs.dtype));
  }
  #overAxes(x: Tensor): Tensor {
    return exp(subtract(x, logsumexp(x, { axis: this.axis, keepdims: true })));
  }
}
const largeNegative = (x: Tensor): number => (x.dtype === 'float16' ? -3e4 : -1e9);
