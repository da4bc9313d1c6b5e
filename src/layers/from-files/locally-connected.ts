import { activationField } from '../../activations/field.ts';
import { fail } from '../../base/errors.ts';
import { f, type Options, type Resolved } from '../../base/field/field.ts';
import { type SymbolicShape, showShape } from '../../base/shape.ts';
import { constraintField } from '../../constraints/field.ts';
import { initializerField } from '../../initializers/field.ts';
import { add, einsum, getItem, moveaxis, reshape, stack, swapaxes } from '../../ops/index.ts';
import { regularizerField } from '../../regularizers/field.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import { dataFormatField, spatialShape } from '../data-format.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer, type LayerOptions } from '../layer/layer.ts';

const fieldsOf = (rank: number) => ({
  /** Number of output channels. */
  filters: f.int({ min: 1 }),
  /** Size of the window along each spatial axis. */
  kernelSize: f.sizes(rank),
  /** Step of the window along each spatial axis. */
  strides: f.sizes(rank, 1),
  padding: f.oneOf(['valid'], 'valid'),
  dataFormat: dataFormatField(),
  activation: activationField(),
  useBias: f.bool(true),
  kernelInitializer: initializerField('glorot_uniform'),
  biasInitializer: initializerField('zeros'),
  kernelRegularizer: regularizerField(),
  biasRegularizer: regularizerField(),
  kernelConstraint: constraintField(),
  biasConstraint: constraintField(),
  /** The implementation in Keras 2, which decides the form of the kernel; 1 is that of this class. */
  implementation: f.int({ initial: 1, min: 1, max: 3 }),
});
type ConnectedFields = ReturnType<typeof fieldsOf>;

export interface LocallyConnected extends Resolved<ConnectedFields> {}
/** A convolution whose weights differ from position to position. Keras 3 dropped it; files of older versions contain it. */
export abstract class LocallyConnected extends Layer<ConnectedFields> {
  kernel!: Variable;
  bias: Variable | null = null;

  constructor(options: Options<ConnectedFields> & LayerOptions, ...surplus: undefined[]) {
    super(options, ...surplus);
    if (this.implementation !== 1)
      fail(
        this,
        `its kernel is stored as implementation ${this.implementation} does`,
        'save the model with implementation=1, in the Keras that wrote it',
      );
  }
  #outputSizes(inputShape: SymbolicShape): number[] {
    return spatialShape(this.dataFormat, inputShape).map((size, d) =>
      size === null
        ? fail(
            this,
            `inputs have shape ${showShape(inputShape)}`,
            'give all sizes but the batch: each place has weights',
          )
        : Math.floor((size - this.kernelSize[d]) / this.strides[d]) + 1,
    );
  }
  override build(inputShape: SymbolicShape): void {
    const channels = inputShape.at(this.dataFormat === 'channels_last' ? -1 : 1)!;
    const sizes = this.#outputSizes(inputShape);
    const taps = this.kernelSize.reduce((a, b) => a * b, 1);
    this.kernel = this.addWeight({
      name: 'kernel',
      shape: [sizes.reduce((a, b) => a * b, 1), taps * channels, this.filters],
      initializer: this.kernelInitializer,
      regularizer: this.kernelRegularizer,
      constraint: this.kernelConstraint,
    });
    if (!this.useBias) return;
    this.bias = this.addWeight({
      name: 'bias',
      shape: [...sizes, this.filters],
      initializer: this.biasInitializer,
      regularizer: this.biasRegularizer,
      constraint: this.biasConstraint,
    });
  }
  call(inputs: Tensor): Tensor {
    const isLast = this.dataFormat === 'channels_last';
    const sizes = this.#outputSizes(inputs.shape);
    const x = isLast ? inputs : moveaxis(inputs, 1, -1);
    const windows = stack(
      offsets(this.kernelSize).map((offset) => {
        const ranges = offset.map((start, d) => {
          const step = this.strides[d];
          return { slice: [start, start + (sizes[d] - 1) * step + 1, step] as const };
        });
        return getItem(x, [{ slice: [null, null] }, ...ranges]);
      }),
      { axis: -2 },
    );
    // The kernel's rows follow the axes of the window as it was cut out: channels first or last.
    const ordered = isLast ? windows : swapaxes(windows, -1, -2);
    const places = sizes.reduce((a, b) => a * b, 1);
    const rows = reshape(ordered, [-1, places, this.kernel.shape[1]]);
    const y = reshape(einsum('npk,pkf->npf', rows, this.kernel), [-1, ...sizes, this.filters]);
    const shifted = this.bias ? add(y, this.bias) : y;
    return this.activation(isLast ? shifted : moveaxis(shifted, -1, 1));
  }
}

/** All places in a window, the last axis running fastest. */
const offsets = (sizes: readonly number[]): number[][] =>
  sizes.reduce<number[][]>(
    (all, size) => all.flatMap((head) => Array.from({ length: size }, (_, k) => [...head, k])),
    [[]],
  );

/** `(n, steps, c)` becomes `(n, steps, filters)`. */
export class LocallyConnected1D extends LocallyConnected {
  static override readonly className = 'LocallyConnected1D';
  static override readonly fields = fieldsOf(1);
  override inputSpec: InputSpec = {};
}
/** `(n, height, width, c)` becomes `(n, height, width, filters)`. */
export class LocallyConnected2D extends LocallyConnected {
  static override readonly className = 'LocallyConnected2D';
  static override readonly fields = fieldsOf(2);
}
