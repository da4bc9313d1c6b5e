import { fail } from '../base/errors.ts';
import { maskOf } from '../layers/masks.ts';
import * as losses from '../losses/index.ts';
import { Mean } from '../metrics/index.ts';
import { add, multiply } from '../ops/index.ts';
import type { Tensor } from '../tensor/index.ts';
import { alignLeaves } from './align.ts';
import { type CompileOptions, nameOutputs, perOutput } from './compile.ts';

/** The compiled losses of a model: one for each output, weighted and added. */
export class CompileLoss {
  private readonly options: CompileOptions;
  private parts:
    | {
        readonly loss: losses.Loss;
        readonly weight: number | undefined;
        readonly index: number;
        readonly tracker: Mean | undefined;
      }[]
    | undefined;
  private names: readonly string[] = [];

  constructor(options: CompileOptions) {
    this.options = options;
  }

  /** Running losses of the single outputs, where there are several. */
  get metrics(): Mean[] {
    return this.parts?.flatMap(({ tracker }) => tracker ?? []) ?? [];
  }

  build(outputs: unknown, outputNames: readonly string[] | undefined): void {
    if (this.parts) return;
    this.names = nameOutputs(outputs as never, outputNames);
    const { loss, lossWeights } = this.options;
    const isOne = (x: unknown): boolean =>
      typeof x === 'string' || typeof x === 'function' || (typeof x === 'object' && x !== null && 'class_name' in x);
    const chosen = perOutput<losses.LossLike>('loss', loss, this.names, isOne);
    const weights = perOutput<number>('lossWeights', lossWeights, this.names, (x) => typeof x === 'number');
    const single = chosen.filter((x) => x !== undefined).length <= 1;
    this.parts = chosen.flatMap((x, index) =>
      x === undefined
        ? []
        : [
            {
              loss: losses.asLoss(x),
              weight: weights[index],
              index,
              tracker: single ? undefined : new Mean({ name: `${this.names[index]}_loss` }),
            },
          ],
    );
  }

  /** The weighted sum of the losses; undefined when there is none. */
  compute(yTrue: unknown, yPred: unknown, sampleWeight: unknown, batchSize: number): Tensor | undefined {
    if (this.parts!.length === 0) return undefined;
    if (yTrue === undefined)
      return fail(
        'fit',
        `the model is compiled with a loss, but the data holds no labels`,
        'pass y, or let the data give [x, y]',
      );
    const predictions = alignLeaves(yPred, this.names);
    const labels = alignLeaves(yTrue, this.names);
    const weights = sampleWeight === undefined ? [] : alignLeaves(sampleWeight, this.names);
    let total: Tensor | undefined;
    for (const { loss, weight, index, tracker } of this.parts!) {
      const prediction = predictions[index]!;
      const own = weights.length === 1 ? weights[0] : weights[index];
      const label =
        labels[index] ??
        fail('fit', `there are no labels for output "${this.names[index]}"`, 'give y the form of the model’s outputs');
      let value = loss(label, prediction, { sampleWeight: own, mask: maskOf(prediction) }) as Tensor;
      tracker?.updateState(value, { sampleWeight: batchSize });
      if (weight !== undefined) value = multiply(value, weight);
      total = total ? add(total, value) : value;
    }
    return total;
  }
}
