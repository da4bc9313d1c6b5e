import { f, type Options } from '../../../base/field/field.ts';
import type { LayerOptions } from '../../layer/layer.ts';
import { ownLayer } from '../../own-layer.ts';
import { IndexLookup } from './index-lookup.ts';
import { lookupFields } from './lookup-fields.ts';

const fields = {
  ...lookupFields,
  /** The token for padding: it has the index 0 in the mode "int" and is left out in others. */
  maskToken: f.nullable(f.int()),
  /** The number for unknown indices with `invert`. */
  oovToken: f.nullable(f.int(), -1),
  /** The dtype of the vocabulary as files name it; numbers here have 32 bits. */
  vocabularyDtype: f.oneOf(['int64'], 'int64'),
};

/**
 * Turns integers into indices of a vocabulary that is given or learned by `adapt(data)`: `(n, …)` stays `(n, …)` of int32, or becomes
 * vectors by `outputMode`. Indices begin with that of the mask token (where there is one, in the mode "int") and those of numbers
 * that are not known. With `invert` indices become the integers.
 * @example new IntegerLookup({ vocabulary: [12, 36, 42] })([[36, 7]]) // [[2, 0]]
 * @see https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/
 */
export class IntegerLookup extends IndexLookup<typeof fields, number> {
  static override readonly className = 'IntegerLookup';
  static override readonly fields = fields;
  protected readonly tokenDtype = 'int32';

  constructor(options: Options<typeof fields> & LayerOptions = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
  }
  protected parse(line: string): number {
    return Number.parseInt(line, 10);
  }

  static {
    ownLayer(this);
  }
}
