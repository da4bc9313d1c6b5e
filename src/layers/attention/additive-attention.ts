import { f, type Resolved } from '../../base/field/field.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { add, expandDims, multiply, sum, tanh } from '../../ops/index.ts';
import { SeedGenerator } from '../../random/index.ts';
import type { KerasTensor, Tensor, Variable } from '../../tensor/index.ts';
import { Layer } from '../layer/layer.ts';
import { rateField, seedField } from '../regularization/fields.ts';
import {
  type AttentionCallOptions,
  attend,
  checkInputList,
  type Inputs,
  isShapeList,
  queryMaskOf,
} from './dot-attention.ts';
import type { WithoutScores, WithScores } from './projections.ts';

const fields = {
  /** Whether the sum over the channels has learned weights. */
  useScale: f.bool(true),
  /** Fraction of the weights that is set to 0 while training. */
  dropout: { ...rateField(), required: false as const, initial: 0 },
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
};

export interface AdditiveAttention extends Resolved<typeof fields> {
  (inputs: readonly KerasTensor[], options: WithScores<AttentionCallOptions>): [KerasTensor, KerasTensor];
  (inputs: Inputs, options: WithScores<AttentionCallOptions>): [Tensor, Tensor];
  (inputs: readonly KerasTensor[], options?: WithoutScores<AttentionCallOptions>): KerasTensor;
  (inputs: Inputs, options?: WithoutScores<AttentionCallOptions>): Tensor;
}
/**
 * Attention that compares query and key by `Σ scale · tanh(query + key)` (Bahdanau).
 * @see https://keras.io/api/layers/attention_layers/additive_attention/
 */
export class AdditiveAttention extends Layer<
  typeof fields,
  [inputs: Inputs, options?: AttentionCallOptions],
  Tensor | [Tensor, Tensor]
> {
  static override readonly className = 'AdditiveAttention';
  static override readonly fields = fields;
  static override readonly takesMask = true;
  override supportsMasking = true;
  /** Weights of the features in the scores, `[dim]`; null without `useScale`. */
  scale: Variable | null = null;
  /** Where dropout of the scores takes its random numbers from; null if `dropout` is 0. */
  readonly seedGenerator: SeedGenerator | null = this.dropout > 0 ? new SeedGenerator({ seed: this.seed }) : null;

  override build(inputShapes: unknown): void {
    if (!isShapeList(inputShapes) || inputShapes.length < 2 || inputShapes.length > 3)
      checkInputList(this, isShapeList(inputShapes) ? inputShapes : undefined);
    const [query] = inputShapes as readonly [SymbolicShape];
    if (this.useScale) this.scale = this.addWeight({ name: 'scale', shape: [query.at(-1)!] });
  }
  call(inputs: Inputs, options: AttentionCallOptions = {}): Tensor | [Tensor, Tensor] {
    const scores = (query: Tensor, key: Tensor): Tensor => {
      const terms = tanh(add(expandDims(query, -2), expandDims(key, -3)));
      return sum(this.scale ? multiply(terms, this.scale) : terms, { axis: -1 });
    };
    return attend(this, inputs, scores, options);
  }
  override computeMask(_inputs: unknown, mask: unknown): Tensor | null {
    return queryMaskOf(mask);
  }
}
