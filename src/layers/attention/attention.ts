import { f, type Resolved } from '../../base/field/field.ts';
import { add, expandDims, matmul, multiply, sum, tanh, transpose } from '../../ops/index.ts';
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
  /** Whether scores are multiplied by a learned number. */
  useScale: f.bool(false),
  /** How query and key are compared: by their product, or by the tanh of their sum. */
  scoreMode: f.oneOf(['dot', 'concat'], 'dot'),
  /** Fraction of the weights that is set to 0 while training. */
  dropout: { ...rateField(), required: false as const, initial: 0 },
  /** Seed that makes the draws reproducible. */
  seed: seedField(),
};

export interface Attention extends Resolved<typeof fields> {
  (inputs: readonly KerasTensor[], options: WithScores<AttentionCallOptions>): [KerasTensor, KerasTensor];
  (inputs: Inputs, options: WithScores<AttentionCallOptions>): [Tensor, Tensor];
  (inputs: readonly KerasTensor[], options?: WithoutScores<AttentionCallOptions>): KerasTensor;
  (inputs: Inputs, options?: WithoutScores<AttentionCallOptions>): Tensor;
}
/**
 * Each query `[n, t, d]` gets the mean of the values `[n, s, d]`, weighted by the softmax of its products with the keys.
 * @example new Attention()([query, value])
 * @see https://keras.io/api/layers/attention_layers/attention/
 */
export class Attention extends Layer<
  typeof fields,
  [inputs: Inputs, options?: AttentionCallOptions],
  Tensor | [Tensor, Tensor]
> {
  static override readonly className = 'Attention';
  static override readonly fields = fields;
  static override readonly takesMask = true;
  override supportsMasking = true;
  /** Factor of the scores, a scalar; null without `useScale`. */
  scale: Variable | null = null;
  /** Factor of the scores of mode `concat`, a scalar; null with mode `dot`. */
  concatScoreWeight: Variable | null = null;
  /** Where dropout of the scores takes its random numbers from; null if `dropout` is 0. */
  readonly seedGenerator: SeedGenerator | null = this.dropout > 0 ? new SeedGenerator({ seed: this.seed }) : null;

  override build(inputShapes: unknown): void {
    if (!isShapeList(inputShapes) || inputShapes.length < 2 || inputShapes.length > 3)
      checkInputList(this, isShapeList(inputShapes) ? inputShapes : undefined);
    if (this.useScale) this.scale = this.addWeight({ name: 'scale', shape: [], initializer: 'ones' });
    if (this.scoreMode === 'concat')
      this.concatScoreWeight = this.addWeight({ name: 'concat_score_weight', shape: [], initializer: 'ones' });
  }
  call(inputs: Inputs, options: AttentionCallOptions = {}): Tensor | [Tensor, Tensor] {
    return attend(this, inputs, (query, key) => this.#scores(query, key), options);
  }
  #scores(query: Tensor, key: Tensor): Tensor {
    const { scale, concatScoreWeight: weight } = this;
    if (!weight) {
      const products = matmul(query, transpose(key, { axes: [0, 2, 1] }));
      return scale ? multiply(products, scale) : products;
    }
    const sums = add(expandDims(query, -2), expandDims(key, -3));
    return multiply(sum(tanh(scale ? multiply(sums, scale) : sums), { axis: -1 }), weight);
  }
  override computeMask(_inputs: unknown, mask: unknown): Tensor | null {
    return queryMaskOf(mask);
  }
}
