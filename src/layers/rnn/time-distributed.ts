import type { Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { getItem, reshape, stack } from '../../ops/index.ts';
import { mapTensors, type Tensor, tensorsIn } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { type AnyLayer, Layer } from '../layer/layer.ts';
import { layerField } from '../nested-layer.ts';

const fields = {
  /** The layer that is applied to each step. */
  layer: layerField(),
};

export interface TimeDistributed extends Resolved<typeof fields> {}
/** Applies a layer to each step of `[n, t, …]`. @example new TimeDistributed({ layer: new Conv2D({ filters: 8, kernelSize: 3 }) })(video) @see https://keras.io/api/layers/recurrent_layers/time_distributed/ */
export class TimeDistributed extends Layer<typeof fields> {
  static override readonly className = 'TimeDistributed';
  static override readonly fields = fields;
  static override readonly takesMask = true;
  override inputSpec: InputSpec = { minNdim: 3 };
  override supportsMasking = true;

  override build(inputShape: SymbolicShape): void {
    this.layer.build([inputShape[0], ...inputShape.slice(2)]);
  }
  call(inputs: Tensor, { training, mask }: CallOptions = {}): Tensor {
    const { layer } = this;
    const takesMask = (layer.constructor as typeof Layer).takesMask;
    const run = (x: Tensor, m: Tensor | undefined): unknown =>
      (layer as (x: Tensor, options: CallOptions) => unknown)(x, {
        training,
        ...(m && takesMask && { mask: m }),
      });
    const [n, t] = inputs.shape as readonly [number, number, ...number[]];
    // What a layer draws, counts or keeps goes on from step to step; all others see the steps as more examples.
    return (hasState(layer) ? stepByStep(inputs, mask, run) : asExamples(n, t, inputs, mask, run)) as Tensor;
  }
}
const hasState = (layer: AnyLayer): boolean => layer.variables.some((v) => !v.trainable && layer.trainable);

type Run = (x: Tensor, mask: Tensor | undefined) => unknown;
function asExamples(n: number, t: number, x: Tensor, mask: Tensor | null | undefined, run: Run): unknown {
  const fold = (y: Tensor): Tensor => reshape(y, [n * t, ...y.shape.slice(2)]);
  const found = run(fold(x), mask ? fold(mask) : undefined);
  return mapTensors(found, (y) => reshape(y, [n, t, ...y.shape.slice(1)]));
}
function stepByStep(x: Tensor, mask: Tensor | null | undefined, run: Run): unknown {
  const at = (y: Tensor, k: number): Tensor => getItem(y, [{ slice: [null, null] }, k]);
  const found = Array.from({ length: x.shape[1] }, (_, k) => run(at(x, k), mask ? at(mask, k) : undefined));
  const lists = found.map(tensorsIn);
  let part = 0;
  return mapTensors(found[0], () => {
    const own = part++;
    return stack(
      lists.map((list) => list[own]),
      { axis: 1 },
    );
  });
}
