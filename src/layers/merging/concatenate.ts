import { fail } from '../../base/errors.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import { range, type SymbolicShape, showShape } from '../../base/shape.ts';
import { any, concatenate, expandDims, logicalOr, onesLike, zerosLike } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';
import { isShape } from '../layer/shapes.ts';
import { requireList } from './merge.ts';

const fields = {
  /** The axis along which the inputs are joined. */
  axis: f.int({ initial: -1 }),
};

export interface Concatenate extends Resolved<typeof fields> {}
/** The inputs one after the other along an axis. @example new Concatenate({ axis: -1 })([x, y]) @see https://keras.io/api/layers/merging_layers/concatenate/ */
export class Concatenate extends Layer<typeof fields, [inputs: readonly Tensor[]]> {
  static override readonly className = 'Concatenate';
  static override readonly fields = fields;
  override supportsMasking = true;

  override build(inputShapes: readonly SymbolicShape[]): void {
    if (!Array.isArray(inputShapes) || inputShapes.length === 0 || !inputShapes.every(isShape))
      fail(this, 'it joins a list of inputs, but was given one', `call it on a list of tensors: ${this.name}([a, b])`);
    const rank = inputShapes[0].length;
    const axis = this.axis < 0 ? this.axis + rank : this.axis;
    const fits = inputShapes.every(
      (shape) =>
        shape.length === rank &&
        shape.every(
          (n, d) => d === axis || d === 0 || n === null || inputShapes.every((s) => s[d] === null || s[d] === n),
        ),
    );
    if (!fits || axis >= rank)
      fail(
        this,
        `inputs of shapes ${inputShapes.map(showShape).join(', ')} cannot be joined along axis ${this.axis}`,
        'give them equal shapes but for that axis',
      );
  }
  call(inputs: readonly Tensor[]): Tensor {
    requireList(this, inputs);
    return concatenate(inputs, { axis: this.axis });
  }
  override computeMask(inputs: readonly Tensor[], masks: unknown): Tensor | null {
    if (!Array.isArray(masks) || masks.every((m) => !m)) return null;
    const whole = inputs.map((x, k) => {
      const mask = (masks as (Tensor | null)[])[k];
      if (!mask) return onesLike(x, { dtype: 'bool' });
      // Spread by an operation with the input, whose batch size may be unknown.
      return mask.shape.length < x.shape.length
        ? logicalOr(expandDims(mask, range(x.shape.length).slice(mask.shape.length)), zerosLike(x, { dtype: 'bool' }))
        : mask;
    });
    return any(concatenate(whole, { axis: this.axis }), { axis: -1 });
  }
}
