import { fail } from '../../base/errors.ts';
import { f, type Resolved } from '../../base/field/field.ts';
import { cast, expandDims, max, multiply, oneHot, reshape, sum } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';
import type { CallOptions } from '../layer/call-context.ts';
import type { InputSpec } from '../layer/input-spec.ts';
import { Layer } from '../layer/layer.ts';

const fields = {
  /** Number of categories: inputs are integers from 0 to `numTokens - 1`. */
  numTokens: f.int({ min: 1 }),
  /** `one_hot`: a vector for each input; `multi_hot`: one vector for all inputs of an example; `count`: how often each occurs. */
  outputMode: f.oneOf(['multi_hot', 'one_hot', 'count'], 'multi_hot'),
};
interface CountOptions extends CallOptions {
  /** How much each input counts in the mode `count`. */
  readonly countWeights?: Tensor | null | undefined;
}

export interface CategoryEncoding extends Resolved<typeof fields> {}
/** Turns integers into vectors of zeros and ones, or counts. @see https://keras.io/api/layers/preprocessing_layers/categorical/category_encoding/ */
export class CategoryEncoding extends Layer<typeof fields, [inputs: Tensor, options?: CountOptions]> {
  static override readonly className = 'CategoryEncoding';
  static override readonly fields = fields;
  override inputSpec: InputSpec = {};

  call(inputs: Tensor, { countWeights }: CountOptions = {}): Tensor {
    const { outputMode, numTokens } = this;
    if (countWeights && outputMode !== 'count')
      fail(this, `countWeights were given in the mode "${outputMode}"`, 'use outputMode: "count"');
    const { shape } = inputs;
    const vectors = oneHot(cast(inputs, 'int32'), numTokens, { axis: -1, dtype: this.computeDtype });
    if (outputMode === 'one_hot')
      return shape.length > 1 && shape.at(-1) === 1 ? reshape(vectors, [...shape.slice(0, -1), numTokens]) : vectors;
    const axis = shape.length > 1 ? -2 : 0;
    if (outputMode === 'multi_hot') return max(vectors, { axis });
    return sum(countWeights ? multiply(vectors, expandDims(countWeights, -1)) : vectors, { axis });
  }
}
