import { f, type Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { multiply, negative, relu, subtract } from '../../ops/index.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Initializer of the slopes; zeros by default. */
  alphaInitializer: initializerField('zeros'),
  /** Penalty on the slopes, added to the loss. */
  alphaRegularizer: regularizerField(),
  /** Applied to the slopes after each update. */
  alphaConstraint: constraintField(),
  /** Axes, counted from 1, along which positions share a slope. */
  sharedAxes: f.nullable(f.ints()),
};

export interface PReLU extends Resolved<typeof fields> {}
/** `x` where it is positive, otherwise `alpha · x` with a learned `alpha` for each position. @see https://keras.io/api/layers/activation_layers/prelu/ */
export class PReLU extends Layer<typeof fields> {
  static override readonly className = 'PReLU';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};
  override supportsMasking = true;
  /** The slopes for negative inputs: shape of the inputs without the batch axis, with size 1 along `sharedAxes`. */
  alpha!: Variable;

  override build(inputShape: SymbolicShape): void {
    const shape = inputShape.slice(1).map((n, d) => (this.sharedAxes?.includes(d + 1) ? 1 : n!));
    this.alpha = this.addWeight({
      name: 'alpha',
      shape,
      initializer: this.alphaInitializer,
      regularizer: this.alphaRegularizer,
      constraint: this.alphaConstraint,
    });
    const own = inputShape.slice(1).map((n, d) => [d + 1, n] as const);
    this.inputSpec = {
      ndim: inputShape.length,
      axes: Object.fromEntries(own.filter(([d]) => !this.sharedAxes?.includes(d))),
    };
  }
  call(inputs: Tensor): Tensor {
    return subtract(relu(inputs), multiply(this.alpha, relu(negative(inputs))));
  }
}
