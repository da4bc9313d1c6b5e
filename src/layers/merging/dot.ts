import { fail } from '../../base/errors.ts';
import { type Field, f, type Resolved } from '../../base/field/field.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';
import { einsum, expandDims, normalize } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';
import { isShape } from '../layer/shapes.ts';
import { requireList } from './merge.ts';

type Axes = number | readonly [number, number];
const axesField: Field<Axes, Axes, true> = f.custom<Axes, Axes>({
  expects: 'an integer, or two of them',
  check: (v): v is Axes =>
    Array.isArray(v) ? v.length === 2 && v.every((n) => Number.isInteger(n) && n !== 0) : Number.isInteger(v),
  parse: (v) => v,
});
const fields = {
  /** Axes over which products are summed: one for both inputs, or one for each. */
  axes: axesField,
  /** Whether inputs are first divided by their length along these axes: the result is then the cosine. */
  normalize: f.bool(false),
};

export interface Dot extends Resolved<typeof fields> {}
/** Sums of products of two inputs, example by example. @example new Dot({ axes: -1 })([x, y]) @see https://keras.io/api/layers/merging_layers/dot/ */
export class Dot extends Layer<typeof fields, [inputs: readonly Tensor[]]> {
  static override readonly className = 'Dot';
  static override readonly fields = fields;
  override supportsMasking = true;

  override build(inputShapes: readonly SymbolicShape[]): void {
    if (!Array.isArray(inputShapes) || inputShapes.length !== 2 || !inputShapes.every(isShape))
      fail(this, 'it takes a list of 2 inputs', `call it on two tensors: ${this.name}([a, b])`);
    const [x, y]: readonly SymbolicShape[] = inputShapes;
    const [a, b] = this.#axesFor(x.length, y.length);
    const [m, n] = [x[a], y[b]];
    if (m === undefined || n === undefined || (m !== null && n !== null && m !== n))
      fail(
        this,
        `inputs of shapes ${showShape(x)} and ${showShape(y)} are incompatible: axis ${a} has size ${m}, axis ${b} has size ${n}`,
        'give `axes` that have the same size in both inputs',
      );
  }
  #axesFor(...ranks: readonly [number, number]): [number, number] {
    const { axes } = this;
    const given = typeof axes === 'number' ? [axes, axes] : axes;
    return ranks.map((rank, k) => (given[k] < 0 ? given[k] + rank : given[k])) as [number, number];
  }
  call(inputs: readonly Tensor[]): Tensor {
    requireList(this, inputs);
    const axes = this.#axesFor(inputs[0].shape.length, inputs[1].shape.length);
    const [x, y] = inputs.map((t, k) =>
      this.normalize ? normalize(t, { axis: axes[k], order: 2, epsilon: 1e-12 }) : t,
    ) as [Tensor, Tensor];
    // The batch axis is a, the summed one b; all others are letters of their own.
    let next = 2;
    const spell = (rank: number, summed: number): string[] =>
      Array.from({ length: rank }, (_, d) => (d === 0 ? 'a' : d === summed ? 'b' : String.fromCharCode(97 + next++)));
    const [p, q] = [spell(x.shape.length, axes[0]), spell(y.shape.length, axes[1])];
    const rest = [...p, ...q].filter((c) => c !== 'a' && c !== 'b').join('');
    const products = einsum(`${p.join('')},${q.join('')}->a${rest}`, x, y);
    return rest === '' ? expandDims(products, 1) : products;
  }
  override computeMask(): null {
    return null;
  }
}
